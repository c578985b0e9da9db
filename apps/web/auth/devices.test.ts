import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as z from "zod";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const sessionList = z.array(z.object({ id: z.string(), token: z.string() }));

describe("a user's devices", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.stop());

  /** Two sessions of a new user: their cookies and ids. */
  async function signInTwice(name: string) {
    const { cookie: own } = await server.signUp(name);
    const { headers } = await server.auth.api.signInEmail({
      body: { email: `${name}@example.com`, password },
      returnHeaders: true,
    });
    const [other = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
    return { own, other, ownId: await idOf(own), otherId: await idOf(other) };
  }

  async function idOf(cookie: string): Promise<string> {
    const { text } = await server.getSession({ cookie });
    return z.object({ session: z.object({ id: z.string() }) }).parse(JSON.parse(text)).session.id;
  }

  const revoke = (id: unknown, cookie: string) =>
    server.post("/revoke-device", { id }, cookie ? { cookie } : {});
  const isOpen = async (cookie: string) => (await server.getSession({ cookie })).text !== "null";

  it("SEC12 are revoked one by one, by an id that opens nothing", async () => {
    const { own, other, otherId } = await signInTwice("ada");
    const { status, cookies } = await revoke(otherId, own);
    assert.deepEqual([status, cookies], [200, []]);
    assert.deepEqual([await isOpen(own), await isOpen(other)], [true, false]);
    assert.equal((await revoke(otherId, own)).status, 200, "a second time");
  });

  it("this one among them, which loses its cookie", async () => {
    const { own, other, ownId } = await signInTwice("bob");
    const { status, cookies } = await revoke(ownId, own);
    assert.equal(status, 200);
    assert.match(cookies.join("\n"), /session_token=; Max-Age=0/);
    assert.deepEqual([await isOpen(own), await isOpen(other)], [false, true]);
  });

  it("are revoked by their user alone, and nobody is told that they exist", async () => {
    const carol = await signInTwice("carol");
    const dave = await server.signUp("dave");
    const ofAnother = await revoke(carol.otherId, dave.cookie);
    const ofNobody = await revoke("none", dave.cookie);
    assert.deepEqual([ofAnother.status, ofAnother.text], [ofNobody.status, ofNobody.text]);
    assert.equal((await revoke(carol.otherId, "")).status, 401);
    for (const id of [undefined, null, 7, {}, [carol.otherId]]) {
      assert.equal((await revoke(id, carol.own)).status, 400, String(id));
    }
    assert.ok(await isOpen(carol.other));
  });

  it("SEC26 are revoked by no page of another site", async () => {
    const { own, other, otherId } = await signInTwice("eve");
    const headers = { cookie: own, origin: "http://evil.example" };
    assert.equal((await server.post("/revoke-device", { id: otherId }, headers)).status, 403);
    assert.ok(await isOpen(other));
  });

  it("SEC12 SEC14 are revoked, while the database is cut off, by a 503 that can be asked again", async () => {
    const { own, other, otherId } = await signInTwice("grace");
    server.link.cut();
    const refused = await revoke(otherId, own);
    server.link.mend();
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
    assert.equal((await revoke(otherId, own)).status, 200);
    assert.deepEqual([await isOpen(own), await isOpen(other)], [true, false]);
  });

  it("are listed to whoever signed in days ago, and looking at them renews nothing", async () => {
    const { own } = await signInTwice("heidi");
    const daysAgo = new Date(Date.now() - 3 * DAY_MS);
    const sessions = server.storage.db.withTables<{
      session: { id: string; createdAt: Date; updatedAt: Date; expiresAt: Date };
    }>();
    const id = await idOf(own);
    const expiresAt = new Date(Date.now() + 4 * DAY_MS);
    await sessions
      .updateTable("session")
      .set({ createdAt: daysAgo, updatedAt: daysAgo, expiresAt })
      .where("id", "=", id)
      .execute();
    const listed = await server.auth.api.listSessions({
      headers: new Headers({ cookie: own }),
      query: { disableRefresh: true },
    });
    assert.equal(sessionList.parse(listed).length, 2);
    const kept = await sessions
      .selectFrom("session")
      .select("updatedAt")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    assert.deepEqual(kept.updatedAt, daysAgo);
  });
});
