import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "./config.ts";

const BETTER_AUTH_SECRET = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
const read = (variables: Record<string, string> = {}) =>
  readConfig({ BETTER_AUTH_SECRET, ...variables });

describe("the web app's configuration", () => {
  it("serves on localhost and embedded storage with nothing set but the secret", () => {
    assert.deepEqual(read(), {
      isProduction: false,
      host: "localhost",
      port: 3000,
      dataFolder: ".data/web",
      databaseUrl: undefined,
      redisUrl: undefined,
      secret: BETTER_AUTH_SECRET,
      authMode: "session",
      tokenKeyDerivation: "none",
      tokenKeyVersion: 1,
      publicUrl: "http://localhost:3000",
      apiUrl: "http://localhost:8000",
      cookieDomain: undefined,
      trustedOrigins: ["http://localhost:3000"],
      trustedProxies: [],
      logLevel: "info",
    });
  });

  it("follows the ports in the addresses that derive from them", () => {
    const { publicUrl, apiUrl, trustedOrigins } = read({ WEB_PORT: "3001", API_PORT: "8001" });
    assert.equal(publicUrl, "http://localhost:3001");
    assert.equal(apiUrl, "http://localhost:8001");
    assert.deepEqual(trustedOrigins, ["http://localhost:3001"]);
  });

  it("takes an empty variable for one that is not set", () => {
    assert.equal(read({ WEB_PORT: "", COOKIE_DOMAIN: "" }).port, 3000);
  });

  it("takes addresses with and without the last slash for the same", () => {
    assert.equal(
      read({ BETTER_AUTH_URL: "http://localhost:3100/" }).publicUrl,
      "http://localhost:3100",
    );
  });

  const secretWanted =
    "Cannot start the web app: BETTER_AUTH_SECRET must be at least 32 random characters without white space around them, e.g. from: openssl rand -base64 32, found";
  const badSecrets = {
    "no secret": "",
    "a secret of 31 characters": BETTER_AUTH_SECRET.slice(0, 31),
    "Better Auth's own default secret": "better-auth-secret-12345678901234567890",
    "the secret of .env.example": "replace-me-with-at-least-32-random-characters",
    "a secret with white space before it": ` ${BETTER_AUTH_SECRET}`,
    "a secret with a line end after it": `${BETTER_AUTH_SECRET}\n`,
  };
  for (const [what, secret] of Object.entries(badSecrets)) {
    it(`SEC6 refuses ${what}, and does not repeat it`, () => {
      assert.throws(() => read({ BETTER_AUTH_SECRET: secret }), {
        message: `${secretWanted} ${secret ? "something else" : "nothing"}.`,
      });
    });
  }

  const refused: [variables: Record<string, string>, message: RegExp][] = [
    [{ WEB_PORT: "80000" }, /WEB_PORT must be a port number from 0 to 65535, found "80000"\./],
    [{ AUTH_MODE: "token" }, /AUTH_MODE must be session or jwt, found "token"\./],
    [{ TOKEN_KEY_VERSION: "0" }, /TOKEN_KEY_VERSION must be a whole number, 1 or above/],
    [{ TOKEN_KEY_DERIVATION: "yes" }, /TOKEN_KEY_DERIVATION must be none or hkdf, found "yes"\./],
    [{ DATABASE_URL: "mysql://root:hush@localhost/db" }, /^(?!.*hush).*DATABASE_URL must be/],
    [{ REDIS_URL: "http://:hush@localhost" }, /^(?!.*hush).*REDIS_URL must be/],
    [{ TRUSTED_ORIGINS: "*" }, /TRUSTED_ORIGINS must be origins/],
    [{ TRUSTED_ORIGINS: "https://*.example.com" }, /TRUSTED_ORIGINS must be origins/],
    [{ TRUSTED_ORIGINS: "https://a.example/" }, /TRUSTED_ORIGINS must be origins/],
    [{ BETTER_AUTH_URL: "localhost:3000" }, /BETTER_AUTH_URL must be the web app's address/],
    [{ BETTER_AUTH_URL: "http://localhost:3000/auth" }, /BETTER_AUTH_URL must be/],
    [{ API_URL: "http://localhost:8000/?a=b" }, /API_URL must be/],
    [{ BETTER_AUTH_SECRETS: `1:${BETTER_AUTH_SECRET}` }, /BETTER_AUTH_SECRETS is not a setting/],
    [{ BETTER_AUTH_TRUSTED_ORIGINS: "https://evil.example" }, /is not a setting of this app/],
  ];
  for (const [variables, message] of refused) {
    it(`refuses ${JSON.stringify(variables)}`, () => {
      assert.throws(() => read(variables), message);
    });
  }
});

describe("the way of the session cookie to the api", () => {
  const reaching: Record<string, string>[] = [
    { BETTER_AUTH_URL: "http://localhost:3000", API_URL: "http://localhost:9000" },
    { BETTER_AUTH_URL: "https://example.com", API_URL: "https://example.com" },
    {
      BETTER_AUTH_URL: "https://app.example.com",
      API_URL: "https://api.example.com",
      COOKIE_DOMAIN: "example.com",
    },
    {
      BETTER_AUTH_URL: "https://example.com",
      API_URL: "https://api.example.com",
      COOKIE_DOMAIN: "example.com",
    },
  ];
  for (const variables of reaching) {
    it(`is open with ${JSON.stringify(variables)}`, () => {
      assert.doesNotThrow(() => read(variables));
    });
  }

  const broken: [variables: Record<string, string>, message: RegExp][] = [
    [
      { BETTER_AUTH_URL: "http://127.0.0.1:3000" },
      /cookie of 127\.0\.0\.1 never reaches localhost; .* \(localhost and 127\.0\.0\.1 are two\)/,
    ],
    [
      { BETTER_AUTH_URL: "https://app.example.com", API_URL: "https://api.example.com" },
      /or set COOKIE_DOMAIN to a domain above both/,
    ],
    [
      { BETTER_AUTH_URL: "https://localhost:3000", API_URL: "http://localhost:8000" },
      /must both be http or both https/,
    ],
    [
      {
        BETTER_AUTH_URL: "https://app.example.com",
        API_URL: "https://api.other.example",
        COOKIE_DOMAIN: "example.com",
      },
      /COOKIE_DOMAIN example\.com does not cover api\.other\.example/,
    ],
    [
      {
        BETTER_AUTH_URL: "https://badexample.com",
        API_URL: "https://api.example.com",
        COOKIE_DOMAIN: "example.com",
      },
      /COOKIE_DOMAIN example\.com does not cover badexample\.com/,
    ],
  ];
  for (const [variables, message] of broken) {
    it(`is closed with ${JSON.stringify(variables)}, and the start refused`, () => {
      assert.throws(() => read(variables), message);
    });

    it(`is not needed in token mode with ${JSON.stringify(variables)}`, () => {
      assert.equal(read({ ...variables, AUTH_MODE: "jwt" }).authMode, "jwt");
    });
  }
});
