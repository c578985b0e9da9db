import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { deriveServiceKey } from "sallyport/better-auth";
import { type AuthServer, secret, startAuthServer } from "../test/auth-server.ts";

describe("the rate limit", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer();
    ada = await server.signUp("ada");
  });
  after(() => server.stop());

  const guess = (headers: Record<string, string>) =>
    server.post("/sign-in/email", { email: "ada@example.com", password: "wrong" }, headers);

  it("SEC16 SEC21 of sign-in is not escaped by claiming other addresses", async () => {
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const address = `203.0.113.${attempt}`;
      const { status } = await guess({
        "x-forwarded-for": address,
        "x-client-address": address,
        "x-real-ip": address,
        forwarded: `for=${address}`,
      });
      statuses.push(status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
    const keyed = await guess({ "x-sallyport-key": deriveServiceKey(secret) });
    assert.equal(keyed.status, 429, "the service key does not lift it");
  });

  it("SEC16 lets a backend with the service key look up 200 sessions in ten seconds, and nobody else", async () => {
    const startedAt = performance.now();
    const key = { "x-sallyport-key": deriveServiceKey(secret) };
    for (let look = 0; look < 200; look++) {
      const { status } = await server.getSession({ cookie: ada.cookie, ...key });
      assert.equal(status, 200);
    }
    assert.ok(performance.now() - startedAt < 10_000, "200 look-ups took longer");

    const statuses = new Set<number>();
    for (let look = 0; look < 120; look++) {
      const wrong = { "x-sallyport-key": "A".repeat(43) };
      const { status } = await server.getSession({ cookie: ada.cookie, ...wrong });
      statuses.add(status);
    }
    assert.deepEqual([...statuses], [200, 429]);
  });

  it("is by the socket's address, which is also what the session remembers", async () => {
    const { rows } = await sessionAddresses();
    assert.deepEqual(rows, []);
    await server.post(
      "/sign-up/email",
      { name: "Bob", email: "bob@example.com", password: "correct horse battery" },
      { "x-forwarded-for": "203.0.113.9" },
    );
    const [row] = (await sessionAddresses()).rows;
    assert.match(row?.ipAddress ?? "", /^127\.0\.0\.1$|^(0000:){4}/);
  });

  async function sessionAddresses() {
    const db = server.storage.db.withTables<{
      session: { userId: string; ipAddress: string | null };
    }>();
    const rows = await db
      .selectFrom("session")
      .select("ipAddress")
      .where("userId", "!=", ada.userId)
      .execute();
    return { rows };
  }
});
