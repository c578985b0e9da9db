import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, describe, test } from "node:test";
import { createSigner as createFastJwtSigner } from "fast-jwt";
import { secret } from "../test/auth-server.ts";
import { contract, extractRecipes } from "../test/contract-recipes.ts";
import { typeErrors } from "../test/scratch-project.ts";
import { audience, startTokenBackend } from "../test/token-backend.ts";
import { startTokenServer } from "../test/token-server.ts";
import { deriveTokenKey } from "./better-auth.ts";

const issuer = "http://localhost:3000";
const parties = { issuer, audience };
const recipes = await extractRecipes();
after(recipes.remove);

/** Signs whatever it is given: for tokens that nobody should accept. */
function signed(claims: object, { header = {}, key = secret as string | Uint8Array } = {}): string {
  const parts = [{ alg: "HS256", typ: "at+jwt", ...header }, claims];
  return signedText(
    parts.map((part) => JSON.stringify(part)),
    key,
  );
}

function signedText(parts: string[], key: string | Uint8Array): string {
  const input = parts.map((part) => Buffer.from(part).toString("base64url")).join(".");
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

function claimsOf(userId: string, changes: object = {}) {
  const iat = Math.floor(Date.now() / 1000);
  return { sub: userId, uid: userId, iss: issuer, aud: audience, iat, exp: iat + 300, ...changes };
}

describe("the token's contract", () => {
  test("has a recipe in two languages, and the TypeScript one compiles, strictly", async () => {
    assert.deepEqual(recipes.names, ["access-token.ts", "access_token.py"]);
    assert.deepEqual(await typeErrors(recipes), []);
  });

  test("names the derived key that the library derives", () => {
    const example = /For the secret `(\w+)` the derived key is `([\da-f]{64})`/.exec(contract);
    const derived = deriveTokenKey(example?.[1] ?? "");
    assert.equal(Buffer.from(derived).toString("hex"), example?.[2]);
  });

  for (const derivation of ["none", "hkdf"] as const) {
    const key = derivation === "none" ? secret : deriveTokenKey(secret);
    const otherDerivation = derivation === "none" ? "hkdf" : "none";

    for (const [language, recipe] of [
      ["TypeScript", recipes.inTypeScript],
      ["Python", recipes.inPython],
    ] as const) {
      if (recipe === undefined) continue;
      const how = `in ${language}, key derivation: ${derivation}`;

      test(`a token minted by the recipe opens the guard (${how})`, async (t) => {
        const { call } = await startTokenBackend(t, { secret: key, issuer, audience });
        const token = await recipe.mint(derivation, parties, "ada");
        assert.equal(await call(token, "/api/ada/tasks"), "200 ada");
        assert.equal(await call(token, "/api/bob/tasks"), "403 user_mismatch");
        assert.equal(
          await call(await recipe.mint(otherDerivation, parties, "ada")),
          "401 token_invalid",
          "by the other key",
        );
      });

      test(`the recipe takes what Better Auth issues (${how})`, async (t) => {
        const server = await startTokenServer(t, {
          token: { audience, keyDerivation: derivation },
        });
        const ada = await server.signUp("ada");
        const tokens = [await server.tokenFor(ada)];
        const expected = { issuer: server.origin, audience };
        assert.deepEqual(await recipe.verify(derivation, expected, tokens), [ada.userId]);
        assert.deepEqual(await recipe.verify(otherDerivation, expected, tokens), [null]);
        assert.deepEqual(
          await recipe.verify(derivation, parties, tokens),
          [null],
          "of another issuer",
        );
      });

      test(`the recipe refuses what the guard refuses (${how})`, async (t) => {
        const { call } = await startTokenBackend(t, { secret: key, issuer, audience });
        const now = Math.floor(Date.now() / 1000);
        const good = signed(claimsOf("ada"), { key });
        const refused = {
          "another algorithm": signed(claimsOf("ada"), { key, header: { alg: "HS512" } }),
          none: signed(claimsOf("ada"), { key, header: { alg: "none" } }),
          "another type": signed(claimsOf("ada"), { key, header: { typ: "JWT" } }),
          crit: signed(claimsOf("ada"), { key, header: { crit: ["x"], x: 1 } }),
          "another issuer": signed(claimsOf("ada", { iss: `${issuer}/` }), { key }),
          "another audience": signed(claimsOf("ada", { aud: [issuer] }), { key }),
          "another uid": signed(claimsOf("ada", { uid: "bob" }), { key }),
          "no uid": signed(claimsOf("ada", { uid: undefined }), { key }),
          "an empty subject": signed(claimsOf(""), { key }),
          expired: signed(claimsOf("ada", { iat: now - 300, exp: now - 6 }), { key }),
          "no end": signed(claimsOf("ada", { exp: undefined }), { key }),
          "an end in words": signed(claimsOf("ada", { exp: String(now + 300) }), { key }),
          "too long a life": signed(claimsOf("ada", { exp: now + 1000 }), { key }),
          "not yet issued": signed(claimsOf("ada", { iat: now + 60 }), { key }),
          "not yet valid": signed(claimsOf("ada", { nbf: now + 60 }), { key }),
          "another's signature": signed(claimsOf("ada"), { key: "k".repeat(32) }),
          "no signature": `${good.slice(0, good.lastIndexOf("."))}.`,
          "no object": signedText(['{"alg":"HS256","typ":"at+jwt"}', "[]"], key),
        };
        const spelled = {
          "a member twice": signedText(
            [
              '{"alg":"HS256","typ":"at+jwt"}',
              JSON.stringify(claimsOf("ada")).replace("{", '{"sub":"bob",'),
            ],
            key,
          ),
          padded: `${good}=`,
        };
        for (const [what, token] of Object.entries({ ...refused, ...spelled })) {
          assert.match(await call(token), /^401 /, what);
        }
        const answers = await recipe.verify(derivation, parties, [good, ...Object.values(refused)]);
        assert.deepEqual(
          Object.keys(refused).filter((_, index) => answers[index + 1] !== null),
          [],
          "accepted",
        );
        assert.equal(answers[0], "ada");
        // The contract says so: it is the one thing that jose leaves to the guard.
        const lenient = language === "TypeScript" ? ["ada", "ada"] : [null, null];
        assert.deepEqual(await recipe.verify(derivation, parties, Object.values(spelled)), lenient);
      });
    }

    test(`any HS256 library mints tokens with the key (key derivation: ${derivation})`, async (t) => {
      const { call } = await startTokenBackend(t, { secret: key, issuer, audience });
      const claims = claimsOf("ada");
      const bytes = Buffer.from(key);
      const imported = await crypto.subtle.importKey(
        "raw",
        bytes,
        { name: "HMAC", hash: "SHA-256" },
        false,
        ["sign"],
      );
      const minted = {
        "node:crypto": signed(claims, { key }),
        "fast-jwt": createFastJwtSigner({
          key: bytes,
          algorithm: "HS256",
          header: { alg: "HS256", typ: "at+jwt" },
        })(claims),
        "Web Crypto": await signWithWebCrypto(claims, imported),
      };
      for (const [library, token] of Object.entries(minted)) {
        assert.equal(await call(token), "200 ada", library);
      }
    });
  }
});

async function signWithWebCrypto(claims: object, key: CryptoKey): Promise<string> {
  const input = [{ typ: "at+jwt", alg: "HS256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = await crypto.subtle.sign("HMAC", key, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}
