import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "./config.ts";
import { secret } from "./test/auth-server.ts";
import { spawnWeb } from "./test/web-process.ts";

const heading = "Cannot start the web app: in production these settings are not secure.";
const read = (variables: Record<string, string> = {}) =>
  readConfig({ BETTER_AUTH_SECRET: secret, ...variables });

describe("the web app's configuration in production", () => {
  const address = "https://app.example.com";
  const secure = {
    NODE_ENV: "production",
    HOST: "0.0.0.0",
    BETTER_AUTH_URL: address,
    API_URL: address,
    DATABASE_URL: "postgresql://user:hush@db.example.com/app?sslmode=verify-full",
    REDIS_URL: "rediss://:hush@redis.example.com",
    TRUSTED_PROXIES: "10.0.0.0/8, ::1",
  };

  it("serves on localhost with nothing set but the secret", () => {
    assert.equal(read({ NODE_ENV: "production" }).isProduction, true);
  });

  it("serves the network behind a proxy that ends TLS", () => {
    assert.deepEqual(read(secure).trustedProxies, ["10.0.0.0/8", "::1"]);
  });

  const allowed: Record<string, string>[] = [
    { DATABASE_URL: "postgresql://user:hush@localhost/app" },
    { DATABASE_URL: "postgresql://user:hush@127.0.0.1/app?sslmode=disable" },
    { DATABASE_URL: "postgresql://user:hush@[::1]:5433/app" },
    { DATABASE_URL: "postgresql:///app?host=/var/run/postgresql" },
    { DATABASE_URL: "postgresql://user:hush@pooler.neon.tech/app?sslmode=require" },
    { REDIS_URL: "redis://localhost:6379" },
    { TRUSTED_ORIGINS: "https://app.example.com,http://localhost:3000,http://dev.localhost" },
    { BETTER_AUTH_SECRET: "0123456789abcdef0123456789abcde0" },
  ];
  for (const variables of allowed) {
    it(`allows ${JSON.stringify(variables)}`, () => {
      assert.doesNotThrow(() => read({ ...secure, ...variables }));
    });
  }

  const refused: [variables: Record<string, string>, wanted: string][] = [
    [
      { BETTER_AUTH_URL: "http://app.example.com" },
      'BETTER_AUTH_URL must be https, by a proxy in front that ends TLS, found "http://app.example.com"',
    ],
    [
      { API_URL: "http://10.0.0.5:8000" },
      'API_URL must be https, by a proxy in front that ends TLS, found "http://10.0.0.5:8000"',
    ],
    [
      { BETTER_AUTH_URL: "http://localhost:3000" },
      'HOST must be localhost, or BETTER_AUTH_URL the https address of a proxy in front, found "0.0.0.0" and "http://localhost:3000"',
    ],
    [
      { HOST: "::", BETTER_AUTH_URL: "http://[::1]:3000" },
      'HOST must be localhost, or BETTER_AUTH_URL the https address of a proxy in front, found "::" and "http://[::1]:3000"',
    ],
    [
      { TRUSTED_ORIGINS: "https://app.example.com,http://localhost.example.com" },
      'TRUSTED_ORIGINS must be https origins, found "http://localhost.example.com"',
    ],
    [
      { DATABASE_URL: "postgresql://user:hush@db.example.com/app" },
      "DATABASE_URL must have sslmode=verify-full or sslmode=require for another host than this one, found no sslmode for db.example.com",
    ],
    [
      { DATABASE_URL: "postgresql://user:hush@localhost/app?host=10.0.0.6&sslmode=disable" },
      'DATABASE_URL must have sslmode=verify-full or sslmode=require for another host than this one, found sslmode="disable" for 10.0.0.6',
    ],
    [
      { REDIS_URL: "redis://:hush@redis.example.com" },
      "REDIS_URL must be rediss:// with a password for another host than this one, found redis:// and a password for redis.example.com",
    ],
    [
      { REDIS_URL: "rediss://redis.example.com" },
      "REDIS_URL must be rediss:// with a password for another host than this one, found rediss:// and no password for redis.example.com",
    ],
    [
      { TRUSTED_PROXIES: "10.0.0.1,0.0.0.0/0" },
      'TRUSTED_PROXIES must be the proxies alone, found everybody\'s "0.0.0.0/0"',
    ],
    [
      { BETTER_AUTH_SECRET: "secretsecretsecretsecretsecretsecret" },
      "BETTER_AUTH_SECRET must be random, e.g. from: openssl rand -base64 32, found 5 different characters",
    ],
    [
      { BETTER_AUTH_SECRET: "a-good-start-".repeat(3) },
      "BETTER_AUTH_SECRET must be random, e.g. from: openssl rand -base64 32, found a repeated text",
    ],
  ];
  for (const [variables, wanted] of refused) {
    const isOfSecret = "BETTER_AUTH_SECRET" in variables;
    it(`${isOfSecret ? "SEC6 " : ""}refuses ${JSON.stringify(variables)}, and says what is wanted`, () => {
      const message = `${heading}\n- ${wanted}.`;
      assert.throws(() => read({ ...secure, ...variables }), { message });
      assert.doesNotThrow(() =>
        read({ ...secure, ...variables, NODE_ENV: "development", AUTH_MODE: "jwt" }),
      );
    });
  }

  it("is refused with the whole list at once, which repeats no secret", () => {
    const all = Object.assign({}, secure, ...refused.map(([variables]) => variables), {
      HOST: "0.0.0.0",
      BETTER_AUTH_URL: "http://app.example.com",
    });
    assert.throws(
      () => read(all),
      ({ message }: Error) => {
        const [first, ...list] = message.split("\n");
        assert.equal(first, heading);
        assert.deepEqual(
          list.map((line) => line.split(" ")[1]),
          [
            "BETTER_AUTH_URL",
            "API_URL",
            "TRUSTED_ORIGINS",
            "DATABASE_URL",
            "REDIS_URL",
            "TRUSTED_PROXIES",
            "BETTER_AUTH_SECRET",
          ],
        );
        assert.doesNotMatch(message, /hush|good-start/);
        return true;
      },
    );
  });

  it("refused ends the process with exit code 1 and the list", async () => {
    const { code, errors } = await spawnWeb({
      HOST: "0.0.0.0",
      BETTER_AUTH_SECRET: "secretsecretsecretsecretsecretsecret",
    }).exited;
    assert.equal(code, 1);
    assert.match(
      errors,
      /^Cannot start the web app: .*\n- HOST must be .*\n- BETTER_AUTH_SECRET must be .*\n$/,
    );
  });
});
