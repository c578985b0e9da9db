import * as z from "zod";
import { judgeClaims } from "../../../core/token/access-token-claims.ts";
import { splitCompactJws } from "../../../core/token/compact-jws.ts";
import { verifyHs256 } from "../../../core/token/hs256.ts";
import { parseJsonObject } from "../../../core/token/strict-json.ts";
import { deriveTokenKey, tokenKey } from "../../../core/token/token-key.ts";
import { accessTokenType } from "../../../core/token/token-verifier.ts";
import { defineCheck, quote, Unchecked } from "../finding.ts";
import type { Probe } from "../probe.ts";

const answer = z.union([
  z.object({ access_token: z.string() }).transform(({ access_token }) => access_token),
  z.object({ token: z.string() }).transform(({ token }) => token),
]);
const parties = z.object({ iss: z.string(), aud: z.union([z.string(), z.array(z.string())]) });
const maxLifetimeSeconds = 900;

/** Whether a token of the doctor's own session is one that the backend will take. */
export const token = defineCheck({
  name: "tokens",
  kinds: {
    "token-missing": { severity: "error", title: "Better Auth issues no tokens." },
    "token-issuer": { severity: "error", title: "Tokens name another issuer." },
    "token-audience": { severity: "error", title: "Tokens are for another backend." },
    "token-signature": { severity: "error", title: "Tokens are signed by another key." },
    "token-refused": { severity: "error", title: "The guard refuses these tokens." },
  },
  async examine(probe, report) {
    const { mode, pageOrigin, secret } = probe.config;
    if (mode === "session") return;
    const audience = new URL(probe.apiUrl()).origin;
    const { origin } = new URL(probe.authUrl());
    const issued = await askForToken(probe);
    if (issued === undefined) {
      report("token-missing", {
        found: "/sallyport/token and /token answered a session with no token.",
        mend: `Add sallyport({ token: { audience: "${audience}" } }) of sallyport/better-auth to Better Auth's plugins, or its own jwt().`,
      });
      return;
    }
    const jws = splitCompactJws(issued);
    const claims = jws && parseJsonObject(jws.payload);
    const named = parties.safeParse(claims);
    if (jws === undefined || claims === undefined || !named.success) {
      report("token-refused", {
        found: "It is no JWT with iss and aud.",
        mend: "Issue it as the token's contract says: docs/contracts/token.md.",
      });
      return;
    }
    const { iss, aud } = named.data;
    // Better Auth may be reached at an address for servers alone.
    if (iss !== origin && iss !== pageOrigin) {
      report("token-issuer", {
        found: `iss is ${quote(iss)}, and Better Auth was reached at ${origin}.`,
        mend: `Set Better Auth's baseURL (BETTER_AUTH_URL) to its public address, or the guard's issuer to ${quote(iss)}.`,
      });
    }
    if (![aud].flat().includes(audience)) {
      report("token-audience", {
        found: `aud is ${quote([aud].flat().join(", "))}, and the api is ${audience}.`,
        mend: `Set the audience that Better Auth writes, and the guard's, to the api's public origin: ${audience}.`,
      });
    }
    const rules = { issuer: iss, audience: [aud].flat()[0] ?? "", maxLifetimeSeconds };
    const judged = judgeClaims(
      claims,
      { ...rules, clockToleranceSeconds: 5, requiresUid: jws.header.alg === "HS256" },
      new Date(),
    );
    const wrongType = jws.header.alg === "HS256" && jws.header.typ !== accessTokenType;
    if (!judged.ok || wrongType) {
      report("token-refused", {
        found: judged.ok ? `typ is not ${accessTokenType}.` : faults[judged.fault],
        mend: "Issue it as the token's contract says: docs/contracts/token.md.",
      });
    }
    if (jws.header.alg !== "HS256") return;
    if (secret === undefined) throw new Unchecked("set BETTER_AUTH_SECRET");
    // One that is too weak to be a key is a finding of its own.
    if (secret.length < 32) throw new Unchecked("the secret is too weak");
    const keys = [tokenKey(secret), tokenKey(deriveTokenKey(secret))];
    if (verifyHs256(jws.signingInput, jws.signature, keys)) return;
    report("token-signature", {
      found:
        "Neither BETTER_AUTH_SECRET as it is here nor deriveTokenKey of it has signed the token.",
      mend: "Give both sides the same secret, and the backend the key of the version that signs (keyVersion).",
    });
  },
});

type Fault = Extract<ReturnType<typeof judgeClaims>, { ok: false }>["fault"];

const faults = {
  claims: "A claim is missing, or is not what it has to be.",
  expired: "It has expired.",
  lifetime: `It counts for more than ${maxLifetimeSeconds} s, the guard's default.`,
  issued_in_the_future: "It was issued in the future, by this machine's clock.",
  not_yet_valid: "It is not valid yet, by this machine's clock.",
  issuer: "Its issuer is not exact.",
  audience: "Its audience is not exact.",
  subject: "uid is missing, or is not sub.",
} satisfies Record<Fault, string>;

/** Of the `sallyport()` plugin, or of Better Auth's own `jwt`. */
async function askForToken(probe: Probe): Promise<string | undefined> {
  const headers = { cookie: (await probe.session()).cookie };
  for (const path of ["/sallyport/token", "/token"]) {
    const { status, json } = await probe.askAuth(path, { headers });
    const issued = status === 200 ? answer.safeParse(json).data : undefined;
    if (issued !== undefined) return issued;
  }
  return undefined;
}
