import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { deriveServiceKey } from "sallyport/better-auth";
import { type AuthServer, password, secret, startAuthServer } from "../test/auth-server.ts";

describe("the rate limit", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer({ HOST: "127.0.0.1" });
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

  it("SEC16 of an account holds from all addresses, in every spelling, and for the right password", async () => {
    await server.signUp("carol");
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt++) {
      const email = attempt % 2 === 0 ? "carol@example.com" : "Carol@EXAMPLE.com";
      const typed = attempt === 11 ? password : "wrong";
      statuses.push((await tryFrom(`127.4.0.${attempt}`, email, typed)).status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
  });

  it("of an account tells when to come again, and nothing of whether it exists", async () => {
    const { cookie } = await server.signUp("dave");
    const [known, unknown] = [
      await refusedAt("dave@example.com", 5),
      await refusedAt("nobody@example.com", 6),
    ];
    for (const answer of [known, unknown]) {
      assert.equal(answer.status, 429);
      const retryAfter = Number(answer.headers["retry-after"]);
      assert.ok(retryAfter > 280 && retryAfter <= 300, String(retryAfter));
    }
    assert.equal(known.text, unknown.text);
    assert.deepEqual(Object.keys(known.headers), Object.keys(unknown.headers));
    assert.deepEqual([known.cookies, unknown.cookies], [[], []]);
    const path = "/api/auth/get-session";
    const session = await server.send({ path, headers: { cookie }, localAddress: "127.4.0.1" });
    assert.match(session.text, /dave/, "its session goes on");
  });

  it("of an account holds where who is signed in is asked again too, apart from sign-ins", async () => {
    const { cookie } = await server.signUp("erin");
    const confirm = (path: string, body: object, attempt: number) =>
      server.send({
        method: "POST",
        path: `/api/auth${path}`,
        headers: { origin: server.origin, cookie },
        localAddress: `127.5.0.${attempt}`,
        body,
      });
    const change = { currentPassword: "wrong", newPassword: "another good one" };
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt++) {
      const { status } = await (attempt % 2 === 0
        ? confirm("/change-password", change, attempt)
        : confirm("/verify-password", { password: "wrong" }, attempt));
      statuses.push(status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(400), 429, 429]);
    assert.equal((await tryFrom("127.5.0.13", "erin@example.com", password)).status, 200);
  });

  function tryFrom(localAddress: string, email: string, typed: string) {
    return server.send({
      method: "POST",
      path: "/api/auth/sign-in/email",
      headers: { origin: server.origin },
      localAddress,
      body: { email, password: typed },
    });
  }

  /** The answer to the eleventh attempt. */
  async function refusedAt(email: string, network: number) {
    for (let attempt = 1; attempt <= 10; attempt++) {
      const { status } = await tryFrom(`127.4.${network}.${attempt}`, email, "wrong");
      assert.equal(status, 401);
    }
    return tryFrom(`127.4.${network}.11`, email, "wrong");
  }

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
