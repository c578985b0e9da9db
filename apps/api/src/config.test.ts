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
      authInternalUrl: "http://localhost:3000",
      trustedOrigins: ["http://localhost:3000"],
      serviceKey: "k".repeat(43),
      logLevel: "info",
    });
  });

  it("follows the ports in the addresses that derive from them", () => {
    const config = readConfig({ ...required, API_PORT: "8001", WEB_PORT: "3001" });
    assert.equal(config.publicUrl, "http://localhost:8001");
    assert.equal(config.authInternalUrl, "http://localhost:3001");
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
    [{ AUTH_MODE: "jwt" }, 'AUTH_MODE must be session, found "jwt".'],
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
