import { cookies, headers } from "next/headers";
import { createAccessTokens } from "../auth/access-tokens.ts";
import { sharedRuntime } from "../runtime/global-runtime.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { sendWithCookie, sendWithToken } from "./send-to-api.ts";
import type { TaskPage } from "./task.ts";
import { createTaskClient, type TaskResult } from "./task-client.ts";
import type { TaskView } from "./task-view.ts";

/** Asks the api, server to server, with nothing of the request but its session, or a token for it. */
export async function readFirstPage(
  userId: string,
  view: TaskView,
  today: string,
): Promise<TaskResult<TaskPage>> {
  const runtime = await sharedRuntime();
  const { apiUrl, authMode } = runtime.config;
  const send =
    authMode === "session"
      ? sendWithCookie(await sessionCookie(runtime))
      : sendWithToken(createAccessTokens(() => requestToken(runtime)));
  return createTaskClient({ apiUrl, userId, deadlineMs: 2_000, send }).list({ ...view, today });
}

async function sessionCookie({ auth }: Runtime): Promise<string> {
  const { name } = (await auth.$context).authCookies.sessionToken;
  const value = (await cookies()).get(name)?.value ?? "";
  return `${name}=${encodeURIComponent(value)}`;
}

/** Asks the endpoint that pages ask, without leaving this process; limited by the client's address. */
async function requestToken(runtime: Runtime): Promise<Response> {
  const { auth, config, clientAddressHeader } = runtime;
  const address = (await headers()).get(clientAddressHeader);
  const request = new Request(`${config.publicUrl}/api/auth/sallyport/token`, {
    headers: {
      cookie: await sessionCookie(runtime),
      ...(address !== null && { [clientAddressHeader]: address }),
    },
  });
  return auth.handler(request);
}
