import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import type { TestContext } from "node:test";
import * as z from "zod";
import { fakeBetterAuth } from "../src/testing.ts";
import { serve } from "./auth-server.ts";
import { startGateway } from "./start-gateway.ts";

export const echo: RequestListener = (request, response) => {
  const { method, url, rawHeaders } = request;
  response.end(JSON.stringify({ method, url, rawHeaders }));
};

/** What the backend says that it was asked. */
export const echoed = z.object({
  method: z.string(),
  url: z.string(),
  rawHeaders: z.array(z.string()),
});

const problem = z.object({ error_code: z.string() });

/** A gateway as the proxy of `listener`, and somebody who is signed in. */
export async function startProxying(
  t: TestContext,
  listener: RequestListener = echo,
  args: string[] = [],
) {
  const auth = await fakeBetterAuth();
  const backend = await serve(listener);
  t.after(backend.close);
  t.after(auth.close);
  const gateway = await startGateway(
    t,
    [
      ...["--auth-url", auth.url, "--owner", "/api/{user_id}/**", "--public", "/open/**"],
      ...["--public", "POST /open/**", "--upstream", backend.url, ...args],
    ],
    { SALLYPORT_SERVICE_KEY: auth.serviceKey },
  );
  const ada = auth.signIn({ name: "Zoë" });
  const path = `/api/${ada.user.id}/tasks`;
  const own = (init: RequestInit = {}, more: Record<string, string> = {}) =>
    fetch(gateway.origin + path, { ...init, headers: { cookie: ada.cookie, ...more } });
  return { auth, backend, ada, path, own, ...gateway };
}

/** Status and code of a refusal. */
export const problemOf = async (answer: Response) =>
  `${answer.status} ${problem.parse(await answer.json()).error_code}`;

/** Of the headers with such names, each of which has to be there once. */
export function valuesOf(
  { rawHeaders }: z.output<typeof echoed>,
  pattern: RegExp,
): Record<string, string> {
  const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 && pattern.test(name)
      ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""]]
      : [],
  );
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, "each comes once");
  return Object.fromEntries(pairs);
}

/** All that is said to these lines and this body, until the connection closes. */
export async function exchange(
  port: number,
  [first = "", ...lines]: string[],
  body = "",
  isUpgrade = false,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.setEncoding("latin1");
  socket.write(`${[first, "Host: x", ...lines, "", ""].join("\r\n")}${body}`, "latin1");
  let answer = "";
  socket.on("data", (chunk: string) => {
    answer += chunk;
    if (isUpgrade && answer.endsWith("}")) socket.end();
  });
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}
