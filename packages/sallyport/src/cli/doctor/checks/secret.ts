import { createHmac } from "node:crypto";
import { defineCheck, Unchecked } from "../finding.ts";
import type { OwnSession } from "../own-session.ts";

/** Better Auth's own default, and what people leave standing in examples. */
const knownSecrets = [
  "better-auth-secret-12345678901234567890",
  "better-auth-secret",
  "secret",
  "supersecret",
  "changeme",
  "change-me",
  "your-secret",
  "your-secret-key",
  "your-secret-key-here",
  "your-super-secret-key",
  "your_secret_key_here",
  "your-better-auth-secret",
  "BETTER_AUTH_SECRET",
];
const minLength = 32;
/** In 32 random characters of base64 or hex there are more, but for one time in millions. */
const minDistinct = 8;

/** Nothing is forged for it: the doctor's own session shows by which secret it was signed. */
export const secret = defineCheck({
  name: "the secret",
  kinds: {
    "secret-known": {
      severity: "error",
      title: "Better Auth's secret is one that everybody knows.",
    },
    "secret-weak": { severity: "error", title: "The secret is too weak." },
    "secret-differs": {
      severity: "error",
      title: "Better Auth has another secret than the one given here.",
    },
  },
  async examine(probe, report) {
    const mend = "Make one with: openssl rand -base64 32. Changing it signs everyone out.";
    const { mode, secret: given } = probe.config;
    if (given !== undefined && isWeak(given)) {
      report("secret-weak", {
        found: `BETTER_AUTH_SECRET has ${given.length} characters, ${new Set(given).size} different ones.`,
        mend,
      });
    }
    const session = await probe.session();
    if (knownSecrets.some((known) => hasSigned(known, session))) {
      report("secret-known", {
        found:
          "The session of the sign-in is signed by a default or an example's secret. Anyone can make a session cookie for any session token that they learn.",
        mend,
      });
    }
    if (given === undefined) {
      if (mode === "jwt") throw new Unchecked("set BETTER_AUTH_SECRET");
    } else if (!hasSigned(given, session)) {
      report("secret-differs", {
        found: "The session of the sign-in is not signed by BETTER_AUTH_SECRET as it is here.",
        mend: "Give both sides the same value; look for quotes, white space or a line's end around it. What is made from it, service key and token key, is otherwise refused.",
      });
    }
  },
});

function isWeak(value: string): boolean {
  return (
    value.length < minLength || new Set(value).size < minDistinct || knownSecrets.includes(value)
  );
}

function hasSigned(key: string, { token, signature }: OwnSession): boolean {
  return createHmac("sha256", key).update(token).digest("base64") === signature;
}
