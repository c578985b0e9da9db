import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "./config.ts";

const required = { SALLYPORT_SERVICE_KEY: "k".repeat(43) };

describe("the api's configuration", () => {
  it("serves on localhost and embedded storage with nothing set but the service key", () => {
    assert.deepEqual(readConfig(required), {
      host: "localhost",
      port: 8000,
      metricsPort: undefined,
      dataFolder: ".data/api",
      databaseUrl: undefined,
      publicUrl: "http://localhost:8000",
      authUrl: "http://localhost:3000",
      authentication: {
        mode: "session",
        authInternalUrl: "http://localhost:3000",
        serviceKey: "k".repeat(43),
      },
      trustedOrigins: ["http://localhost:3000"],
      logLevel: "info",
    });
  });

  it("follows the ports in the addresses that derive from them", () => {
    const config = readConfig({ ...required, API_PORT: "8001", WEB_PORT: "3001" });
    assert.equal(config.publicUrl, "http://localhost:8001");
    assert.equal(config.authUrl, "http://localhost:3001");
    assert.partialDeepStrictEqual(config.authentication, {
      authInternalUrl: "http://localhost:3001",
    });
    assert.deepEqual(config.trustedOrigins, ["http://localhost:3001"]);
  });

  it("takes an empty variable for one that is not set", () => {
    assert.equal(readConfig({ ...required, API_PORT: "" }).port, 8000);
  });

  it("splits the trusted origins", () => {
    const TRUSTED_ORIGINS = "https://a.example, https://b.example";
    assert.deepEqual(readConfig({ ...required, TRUSTED_ORIGINS }).trustedOrigins, [
      "https://a.example",
      "https://b.example",
    ]);
  });

  const refused: [variables: Record<string, string>, message: string][] = [
    [
      { SALLYPORT_SERVICE_KEY: "" },
      "SALLYPORT_SERVICE_KEY must be the key that npm run service-key prints, found nothing.",
    ],
    [{ API_PORT: "80000" }, 'API_PORT must be a port number from 0 to 65535, found "80000".'],
    [{ API_PORT: "8e3" }, 'API_PORT must be a port number from 0 to 65535, found "8e3".'],
    [{ METRICS_PORT: "on" }, 'METRICS_PORT must be a port number from 0 to 65535, found "on".'],
    [{ AUTH_MODE: "JWT" }, 'AUTH_MODE must be session or jwt, found "JWT".'],
    [
      { TRUSTED_ORIGINS: "https://a.example/" },
      'TRUSTED_ORIGINS must be origins separated by commas, such as https://app.example.com, found "https://a.example/".',
    ],
    [
      { TRUSTED_ORIGINS: "*" },
      'TRUSTED_ORIGINS must be origins separated by commas, such as https://app.example.com, found "*".',
    ],
    [
      { AUTH_INTERNAL_URL: "http://user:hush@10.0.0.1" },
      "AUTH_INTERNAL_URL must be an address without a path, such as http://localhost:3000, found something else.",
    ],
    [
      { DATABASE_URL: "mysql://root:hush@localhost/db" },
      "DATABASE_URL must be an address such as postgresql://user:password@host:5432/database, found something else.",
    ],
    [
      { API_URL: "localhost:8000" },
      'API_URL must be the api\'s address without a path, such as http://localhost:8000, found "localhost:8000".',
    ],
  ];
  for (const [variables, message] of refused) {
    it(`refuses ${JSON.stringify(variables)} in one line that says what is wanted`, () => {
      assert.throws(() => readConfig({ ...required, ...variables }), {
        message: `Cannot start the api: ${message}`,
      });
    });
  }
});

describe("the api's configuration in production", () => {
  const production = { ...required, NODE_ENV: "production" };

  it("serves on localhost with nothing set but the service key", () => {
    assert.doesNotThrow(() => readConfig(production));
  });

  it("serves the network behind a proxy that ends TLS", () => {
    const address = "https://app.example.com";
    const addresses = { BETTER_AUTH_URL: address, API_URL: address };
    assert.equal(readConfig({ ...production, ...addresses, HOST: "::" }).host, "::");
  });

  it("is refused with the whole list of what is not secure", () => {
    const variables = {
      HOST: "0.0.0.0",
      TRUSTED_ORIGINS: "http://app.example.com",
      DATABASE_URL: "postgresql://user:hush@db.example.com/app?sslmode=disable",
    };
    assert.throws(() => readConfig({ ...production, ...variables }), {
      message: `Cannot start the api: in production these settings are not secure.
- HOST must be localhost, or API_URL the https address of a proxy in front, found "0.0.0.0" and "http://localhost:8000".
- TRUSTED_ORIGINS must be https origins, found "http://app.example.com".
- DATABASE_URL must have sslmode=verify-full or sslmode=require for another host than this one, found sslmode="disable" for db.example.com.`,
    });
    assert.doesNotThrow(() => readConfig({ ...required, ...variables }));
  });

  it("SEC6 is refused in token mode with a secret that is not random", () => {
    const BETTER_AUTH_SECRET = "ab".repeat(20);
    assert.throws(
      () => readConfig({ NODE_ENV: "production", AUTH_MODE: "jwt", BETTER_AUTH_SECRET }),
      /- BETTER_AUTH_SECRET must be random, .* found 2 different characters\.$/,
    );
  });
});

describe("the api's configuration in token mode", () => {
  const BETTER_AUTH_SECRET = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
  const key = Buffer.from(BETTER_AUTH_SECRET.slice(0, 32));
  const withSecret = { AUTH_MODE: "jwt", BETTER_AUTH_SECRET };
  const withKey = {
    AUTH_MODE: "jwt",
    TOKEN_KEY_DERIVATION: "hkdf",
    SALLYPORT_TOKEN_KEY: key.toString("base64url"),
  };

  it("needs the secret alone", () => {
    const { authentication } = readConfig(withSecret);
    assert.deepEqual(authentication, { mode: "jwt", secret: BETTER_AUTH_SECRET });
  });

  it("needs the derived key alone when the key is derived", () => {
    assert.deepEqual(readConfig(withKey).authentication, { mode: "jwt", secret: [key] });
  });

  it("takes several derived keys while they rotate", () => {
    const next = Buffer.from(BETTER_AUTH_SECRET.slice(1, 33));
    const both = [next, key].map((bytes) => bytes.toString("base64url")).join(", ");
    const { authentication } = readConfig({ ...withKey, SALLYPORT_TOKEN_KEY: both });
    assert.deepEqual(authentication, { mode: "jwt", secret: [next, key] });
  });

  it("allows addresses between which no cookie travels", () => {
    const addresses = { BETTER_AUTH_URL: "https://app.example", API_URL: "https://api.example" };
    assert.equal(readConfig({ ...withSecret, ...addresses }).authUrl, "https://app.example");
    assert.throws(() => readConfig({ ...required, ...addresses }), /never reaches/);
  });

  const secretWanted =
    "BETTER_AUTH_SECRET must be at least 32 random characters without white space around them, e.g. from: openssl rand -base64 32, found";
  const keyWanted =
    "SALLYPORT_TOKEN_KEY must be the key that npm run token-key prints, or several separated by commas, found";
  const refused: [what: string, variables: Record<string, string>, message: string][] = [
    ["no secret", { AUTH_MODE: "jwt" }, `${secretWanted} nothing.`],
    [
      "a secret of 31 characters",
      { ...withSecret, BETTER_AUTH_SECRET: BETTER_AUTH_SECRET.slice(0, 31) },
      `${secretWanted} something else.`,
    ],
    [
      "the secret of .env.example",
      { ...withSecret, BETTER_AUTH_SECRET: "replace-me-with-at-least-32-random-characters" },
      `${secretWanted} something else.`,
    ],
    [
      "Better Auth's own default secret",
      { ...withSecret, BETTER_AUTH_SECRET: "better-auth-secret-12345678901234567890" },
      `${secretWanted} something else.`,
    ],
    ["no derived key", { ...withKey, SALLYPORT_TOKEN_KEY: "" }, `${keyWanted} nothing.`],
    [
      "a derived key of 31 bytes",
      { ...withKey, SALLYPORT_TOKEN_KEY: key.subarray(1).toString("base64url") },
      `${keyWanted} something else.`,
    ],
    [
      "another spelling of the derived key",
      { ...withKey, SALLYPORT_TOKEN_KEY: `${"_".repeat(42)}9` },
      `${keyWanted} something else.`,
    ],
    [
      "the secret beside the derived key",
      { ...withKey, BETTER_AUTH_SECRET },
      "with TOKEN_KEY_DERIVATION hkdf it must not hold BETTER_AUTH_SECRET; remove it.",
    ],
    [
      "the derived key without saying so",
      { ...withSecret, SALLYPORT_TOKEN_KEY: withKey.SALLYPORT_TOKEN_KEY },
      "SALLYPORT_TOKEN_KEY counts only with TOKEN_KEY_DERIVATION=hkdf; set that for both servers, or remove the key.",
    ],
    [
      "the secret in session mode",
      { ...required, BETTER_AUTH_SECRET },
      "with AUTH_MODE session it must not hold BETTER_AUTH_SECRET; remove it.",
    ],
    [
      "an unknown derivation",
      { ...withSecret, TOKEN_KEY_DERIVATION: "HKDF" },
      'TOKEN_KEY_DERIVATION must be none or hkdf, found "HKDF".',
    ],
  ];
  for (const [what, variables, message] of refused) {
    it(`SEC6 refuses ${what} in one line that repeats no secret`, () => {
      assert.throws(() => readConfig(variables), { message: `Cannot start the api: ${message}` });
    });
  }
});
