import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import * as z from "zod";

const keySet = z.object({ keys: z.tuple([z.object({ kid: z.string() }).loose()]) });
const claims = z.object({ sub: z.string() });

/** What the gateway says, verified by the key that it publishes, with no library's help. */
export async function readAssertion(assertion: string, gatewayOrigin: string) {
  const answer = await fetch(`${gatewayOrigin}/.well-known/jwks.json`);
  const [key] = keySet.parse(await answer.json()).keys;
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const signed = Buffer.from(`${header}.${payload}`);
  const publicKey = createPublicKey({ key, format: "jwk" });
  assert.ok(verify(null, signed, publicKey, Buffer.from(signature, "base64url")));
  return claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
}
