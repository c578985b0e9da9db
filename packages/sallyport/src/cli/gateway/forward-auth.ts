import type { IncomingMessage } from "node:http";
import { refuse } from "../../core/auth-result.ts";
import { guardedHeaders } from "../../core/denial.ts";
import { nodeHeaders } from "../../core/node-headers.ts";
import type { Asked, Door } from "./door.ts";
import { isIdentityHeader, noIdentity } from "./identity-headers.ts";

export const forwardAuthPath = "/forward-auth";

/** How a proxy says what it was asked for. It alone may reach this port. */
const inputs = [
  // nginx, whose auth_request says nothing by itself: our recipe does.
  { method: "x-original-method", target: "x-original-uri" },
  // Caddy and Traefik.
  { method: "x-forwarded-method", target: "x-forwarded-uri" },
];

/**
 * Answers a proxy that asks whether a request may pass: 200 and who is calling, or the refusal that
 * the client is to see. What cannot be told for sure is refused: inputs that are missing, doubled
 * or of two kinds, and identity headers, which the proxy has to take from the client's request.
 */
export const forwardAuth: Door = async (
  request,
  response,
  { judge, identify, refused, signal },
) => {
  const asked = readInputs(request);
  if (asked instanceof Error) {
    return refused(refuse("malformed_request", { cause: asked }).failure);
  }
  const judgement = await judge({ ...asked, headers: nodeHeaders(request), signal });
  if (!judgement.ok) return refused(judgement.failure, asked);
  const identity = judgement.auth && identify(judgement.auth);
  // Each is there, if with nothing in it: for one that is not, Caddy 2.6 hands on the name of its
  // own variable, which a backend would take for a user.
  const told = { ...noIdentity, ...identity };
  response.writeHead(200, { ...guardedHeaders, ...told, "Content-Length": 0 }).end();
};

function readInputs({ rawHeaders }: IncomingMessage): Asked | Error {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const claim = names.find(isIdentityHeader);
  if (claim !== undefined) return new Error(`the proxy must not hand on a client's ${claim}`);
  const valuesOf = (wanted: string) =>
    names.flatMap((name, index) => (name === wanted ? (rawHeaders[index * 2 + 1] ?? "") : []));
  const found = inputs
    .map(({ method, target }) => ({ methods: valuesOf(method), targets: valuesOf(target) }))
    .filter(({ methods, targets }) => methods.length + targets.length > 0);
  const [only, ...others] = found;
  const [method, ...otherMethods] = only?.methods ?? [];
  const [target, ...otherTargets] = only?.targets ?? [];
  const surplus = others.length + otherMethods.length + otherTargets.length;
  return method === undefined || target === undefined || surplus > 0
    ? new Error("the proxy must say method and path by one pair of headers, each of them once")
    : { method, target };
}
