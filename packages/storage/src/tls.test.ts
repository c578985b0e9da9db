import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sql } from "kysely";
import { startTlsPostgres } from "../test/tls-postgres.ts";
import { openStorage } from "./index.ts";

describe("storage over TLS", () => {
  let server: Awaited<ReturnType<typeof startTlsPostgres>>;
  let trusted: { sslrootcert: string };
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);

  before(async () => {
    server = await startTlsPostgres();
    trusted = { sslrootcert: server.certificate };
    process.on("warning", onWarning);
  });
  after(async () => {
    process.off("warning", onWarning);
    await server.stop();
  });
  const open = (databaseUrl: string) =>
    openStorage({ databaseUrl, dataFolder: "", schema: "tasks", migrations: {} });
  const refusal = (databaseUrl: string) =>
    open(databaseUrl).then(
      () => assert.fail("It opened"),
      (error: Error) => error.message,
    );

  for (const parameters of [
    { sslmode: "require" },
    { sslmode: "verify-full" },
    { sslmode: "require", channel_binding: "require" },
    { sslmode: "verify-full", channel_binding: "prefer" },
  ]) {
    it(`opens with ${new URLSearchParams(parameters)}, encrypted, without a warning`, async () => {
      const storage = await open(server.address("neon", { ...parameters, ...trusted }));
      const { rows } = await sql<{ ssl: boolean }>`
        select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(storage.db);
      assert.deepEqual(rows, [{ ssl: true }]);
      await storage.close();
      assert.deepEqual(warnings, []);
    });
  }

  for (const sslmode of ["require", "verify-ca", "verify-full"]) {
    it(`refuses a certificate that nobody vouches for with sslmode ${sslmode}, at once and in words`, async () => {
      assert.match(
        await refusal(server.address("neon", { sslmode })),
        /^Cannot open storage: PostgreSQL at DATABASE_URL fails with "self-signed certificate.*"\.$/,
      );
    });

    it(`refuses a certificate for another host with sslmode ${sslmode}, at once and in words`, async () => {
      const address = server.address("neon", { sslmode, ...trusted }, "127.0.0.1");
      assert.match(
        await refusal(address),
        /^Cannot open storage: .*does not match certificate's altnames.*$/,
      );
    });
  }

  it("says it in words when the server asks for encryption and DATABASE_URL does not", async () => {
    assert.match(
      await refusal(server.address("neon", { sslmode: "disable" })),
      /^Cannot open storage: PostgreSQL at DATABASE_URL fails with ".*no encryption"\.$/,
    );
  });

  it("refuses a wrong password at once and in words, with channel binding too", async () => {
    for (const parameters of [{ ...trusted }, { ...trusted, channel_binding: "require" }]) {
      const address = server.address("neon", { sslmode: "require", ...parameters });
      assert.equal(
        await refusal(address.replace("hush", "wrong")),
        'Cannot open storage: PostgreSQL at DATABASE_URL fails with "password authentication failed for user "neon"".',
      );
    }
  });

  for (const [user, way] of [
    ["plain", "wants the password itself"],
    ["open", "wants no proof at all"],
  ] as const) {
    it(`with channel_binding=require refuses a server that ${way}, and sends it none`, async () => {
      const parameters = { sslmode: "require", ...trusted };
      await (await open(server.address(user, parameters))).close();
      const bound = server.address(user, { ...parameters, channel_binding: "require" });
      assert.equal(
        // The server would say so if a wrong password came.
        await refusal(bound.replace("hush", "wrong")),
        'Cannot open storage: PostgreSQL at DATABASE_URL fails with "DATABASE_URL has channel_binding=require, and the server does not offer it".',
      );
    });
  }
});
