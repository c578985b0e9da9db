import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { sendRaw } from "../test/raw-request.ts";
import {
  audience,
  issuer,
  prepareRequest,
  type TokenVector,
  tokenVectors,
} from "../test/token-recipes.ts";
import { previousSecret, secret } from "../test/token-signing.ts";
import { type ProtectVariables, protect } from "./hono.ts";
import { createGuard, type Decision } from "./index.ts";
import { jwt } from "./jwt.ts";

/** Which requirement the vectors of a group prove. */
const requirements: Record<string, string> = {
  sound: "SEC10",
  rotation: "SEC4",
  syntax: "SEC4 SEC5",
  base64url: "SEC4",
  JSON: "SEC7",
  header: "SEC3 SEC5",
  algorithm: "SEC2",
  type: "SEC2",
  signature: "SEC4",
  time: "SEC8",
  "issuer and audience": "SEC10",
  subject: "SEC9",
  path: "SEC9 SEC11",
  "where a token counts": "SEC1 SEC11",
};

describe("token vectors, through a guard over HTTP", () => {
  const decisions: Decision[] = [];
  const guard = createGuard({
    schemes: [jwt({ secret: [secret, previousSecret], issuer, audience })],
    onDecision: (decision) => void decisions.push(decision),
  });
  const app = new Hono<{ Variables: ProtectVariables }>();
  app.all("/api/:user_id/tasks", protect(guard, { owner: "user_id" }), (c) =>
    c.json({ user: c.var.auth.user.userId }),
  );
  const backend = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  let calls = 0;
  const listener = createServer((_, response) => {
    calls += 1;
    response.end("{}");
  });

  before(async () => {
    listener.listen(0, "127.0.0.1");
    await Promise.all([once(listener, "listening"), once(backend, "listening")]);
  });
  after(async () => {
    await guard.close();
    backend.close();
    listener.close();
  });

  async function outcomeOf(vector: TokenVector): Promise<TokenVector["expected"]> {
    decisions.length = 0;
    const request = prepareRequest(vector, originOf(listener));
    const { status, body } = await sendRaw(originOf(backend), request);
    const [decision] = decisions;
    assert.ok(decision && decisions.length === 1);
    if (decision.outcome === "allowed") {
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(body), { user: decision.userId });
      return "allowed";
    }
    assert.equal(status, decision.outcome === "user_mismatch" ? 403 : 401);
    assert.equal(JSON.parse(body).error_code, decision.outcome);
    const { cause } = decision.failure ?? {};
    if (!(cause instanceof Error)) return { code: decision.outcome };
    assert.ok(!body.includes(cause.message), "causes are for the log");
    const fault = cause.message.replace("the token is refused: ", "");
    return { code: decision.outcome, fault };
  }

  for (const [group, vectors] of Map.groupBy(tokenVectors, (vector) => vector.group)) {
    test(`${requirements[group]} every vector about "${group}" has the outcome that it names`, async () => {
      const wrong = [];
      for (const vector of vectors) {
        const outcome = await outcomeOf(vector);
        if (!isDeepStrictEqual(outcome, vector.expected)) wrong.push({ ...vector, outcome });
      }
      assert.deepEqual(wrong, []);
    });
  }

  test("SEC3 no address in any of the tokens was called", () => {
    assert.equal(calls, 0);
  });
});

test("there are at least 150 vectors, and none of them twice", () => {
  const names = tokenVectors.map(({ group, name }) => `${group}: ${name}`);
  assert.ok(new Set(names).size === names.length && names.length >= 150);
});

function originOf(server: { address(): AddressInfo | string | null }): string {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return `http://127.0.0.1:${address.port}`;
}
