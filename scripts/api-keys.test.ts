import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveServiceKey, deriveTokenKey } from "sallyport/better-auth";
import { apiKeys } from "./api-keys.ts";

const secret = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
const serviceKey = { SALLYPORT_SERVICE_KEY: deriveServiceKey(secret) };
const tokenKey = {
  SALLYPORT_TOKEN_KEY: Buffer.from(deriveTokenKey(secret)).toString("base64url"),
};

const given: [mode: string, env: NodeJS.ProcessEnv, keys: NodeJS.ProcessEnv][] = [
  ["session mode, the default,", {}, serviceKey],
  ["session mode, whatever is said of tokens,", { TOKEN_KEY_DERIVATION: "hkdf" }, serviceKey],
  ["token mode", { AUTH_MODE: "jwt" }, { BETTER_AUTH_SECRET: secret }],
  [
    "token mode with hkdf and another version of the key",
    { AUTH_MODE: "jwt", TOKEN_KEY_DERIVATION: "hkdf", TOKEN_KEY_VERSION: "2" },
    { SALLYPORT_TOKEN_KEY: Buffer.from(deriveTokenKey(secret, 2)).toString("base64url") },
  ],
  ["token mode with hkdf", { AUTH_MODE: "jwt", TOKEN_KEY_DERIVATION: "hkdf" }, tokenKey],
];
for (const [mode, env, keys] of given) {
  test(`in ${mode} the api is given ${Object.keys(keys)[0]} alone`, async () => {
    assert.deepEqual(await apiKeys(secret, env), keys);
  });
}
