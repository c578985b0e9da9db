import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { sendRaw } from "./raw-request.ts";
import { expressOauth2JwtBearer } from "./token-peers/express-oauth2-jwt-bearer.ts";
import { fastJwt } from "./token-peers/fast-jwt.ts";
import { fastifyJwt } from "./token-peers/fastify-jwt.ts";
import { honoJwt } from "./token-peers/hono-jwt.ts";
import { jose } from "./token-peers/jose.ts";
import type { TokenRules } from "./token-peers/rules.ts";
import { sallyport } from "./token-peers/sallyport.ts";
import {
  audience,
  issuer,
  prepareRequest,
  type TokenVector,
  tokenVectors,
} from "./token-recipes.ts";
import { secret } from "./token-signing.ts";

type Verify = (token: string) => unknown;

interface Peer {
  name: string;
  /** In `test/token-peers`, without its extension. */
  file: string;
  /** What it makes of a request, or, where it knows no requests, of a token: it throws on a bad one. */
  listener?: (rules: TokenRules) => RequestListener | Promise<RequestListener>;
  verifier?: (rules: TokenRules) => Verify | Promise<Verify>;
}

export const peers = [
  { name: "sallyport", file: "sallyport", listener: sallyport },
  { name: "jose", file: "jose", verifier: jose },
  { name: "fast-jwt", file: "fast-jwt", verifier: fastJwt },
  { name: "hono/jwt", file: "hono-jwt", listener: honoJwt },
  { name: "@fastify/jwt", file: "fastify-jwt", listener: fastifyJwt },
  {
    name: "express-oauth2-jwt-bearer",
    file: "express-oauth2-jwt-bearer",
    listener: expressOauth2JwtBearer,
  },
] satisfies Peer[];

/** `not met`: the vector is about requests, and the library takes tokens. */
export type Outcome = "let in" | "refused" | "500" | "not met";

export interface Row {
  vector: TokenVector;
  /** In the order of `peers`. */
  outcomes: Outcome[];
}

/** What other libraries leave to whoever uses them: another's path, and several secrets at once. */
const oursAlone = ["path", "rotation"];

export const comparedVectors: readonly TokenVector[] = tokenVectors.filter(
  ({ group }) => !oursAlone.includes(group),
);

/** Every vector against every peer. */
export async function compareTokens(): Promise<Row[]> {
  const rules = { secret, issuer, audience };
  const judges = await Promise.all(peers.map((peer) => start(peer, rules)));
  try {
    const rows: Row[] = [];
    for (const vector of comparedVectors) {
      const outcomes: Outcome[] = [];
      for (const { judge } of judges) outcomes.push(await judge(vector));
      rows.push({ vector, outcomes });
    }
    return rows;
  } finally {
    for (const { close } of judges) close();
  }
}

interface Judge {
  judge(vector: TokenVector): Promise<Outcome>;
  close(): void;
}

/** Nobody is there: whether an address in a token is called is the vectors' own test. */
const listener = "http://127.0.0.1:9";

async function start({ listener: listen, verifier }: Peer, rules: TokenRules): Promise<Judge> {
  if (verifier !== undefined) {
    const verify = await verifier(rules);
    return {
      async judge(vector) {
        if (vector.request !== undefined) return "not met";
        try {
          await verify(prepareRequest(vector, listener).token);
          return "let in";
        } catch {
          return "refused";
        }
      },
      close() {},
    };
  }
  const server = createServer(await listen?.(rules)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    async judge(vector) {
      const { status } = await sendRaw(origin, prepareRequest(vector, listener));
      if (status === 200) return "let in";
      return status >= 500 ? "500" : "refused";
    },
    close: () => server.close(),
  };
}
