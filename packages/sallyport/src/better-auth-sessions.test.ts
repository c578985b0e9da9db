import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { admin } from "better-auth/plugins/admin";
import { secret } from "../test/auth-server.ts";
import {
  assertPrivate,
  hosts,
  readBatch,
  readProblem,
  sign,
  signedSession,
  startLookUps,
} from "../test/session-look-ups.ts";

const oldSecret = "the-secret-before-this-one-0123456789";

for (const { host, ...place } of hosts) {
  describe(`a batch of sessions, at ${host}`, () => {
    it("SEC15 gives each its own answer in its own place, and null to all that is no session", async (t) => {
      const server = await startLookUps(t, { ...place, plugins: [admin()] });
      const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
      const [late, gone] = [await server.signUp("late"), await server.signUp("gone")];
      const banned = await server.signUp("banned");
      server.expire(late);
      await server.signOut(gone);
      await server.ban(banned);

      const genuine = signedSession(ada);
      const [token = "", signature = ""] = genuine.split(".");
      const none = {
        expired: signedSession(late),
        "signed out": signedSession(gone),
        banned: signedSession(banned),
        "never stored": sign("t".repeat(32)),
        "a forged token": `${genuine.startsWith("x") ? "y" : "x"}${genuine.slice(1)}`,
        "a forged signature": `${token}.${"A".repeat(43)}=`,
        "another's signature": `${token}.${signedSession(bob).split(".")[1]}`,
        "another deployment's": sign(token, "the-secret-of-somebody-else-0123456789"),
        "without its signature": token,
        "without its token": `.${signature}`,
        "its signature spelt otherwise": respellLast(genuine),
        "still encoded": encodeURIComponent(genuine),
        "with a space": `${genuine} `,
        "one more dot": `${token}.${signature}.${signature}`,
        "a session's id": server.tables.session[0]?.id ?? "",
        empty: "",
        "a name of objects": "__proto__",
        NUL: "\u0000",
        "half of a character": "\ud800",
        long: "x".repeat(8_192),
      };
      const asked = Object.values(none).flatMap((value, index) => [
        value,
        signedSession(index % 2 === 0 ? ada : bob),
      ]);
      const results = await server.lookUp(asked);

      assert.equal(results.length, asked.length);
      for (const [index, what] of Object.keys(none).entries()) {
        assert.equal(results[2 * index], null, what);
        assert.deepEqual(
          results[2 * index + 1],
          server.describe(index % 2 === 0 ? ada : bob),
          what,
        );
      }
    });

    it("answers for 200 in two reads, for one, and twice for one that is asked for twice", async (t) => {
      const server = await startLookUps(t, place);
      const signed = await server.addSessions(200);
      const readsBefore = server.storageReads();
      const results = await server.lookUp(signed);
      assert.equal(server.storageReads() - readsBefore, 2);
      assert.deepEqual(
        results.map((result) => result?.user.name),
        Array.from({ length: 200 }, (_, index) => `user${index}`),
      );
      const [first = "", second = ""] = signed;
      assert.deepEqual(await server.lookUp([first]), [results[0]]);
      assert.deepEqual(await server.lookUp([first, second, first]), [
        results[0],
        results[1],
        results[0],
      ]);
    });

    it("SEC12 sees a sign-out, an expiry, a deleted user and a ban in the first look-up after it", async (t) => {
      const server = await startLookUps(t, {
        ...place,
        plugins: [admin()],
        settings: {
          user: { deleteUser: { enabled: true } },
          session: { cookieCache: { enabled: true } },
        },
      });
      const ways = [
        server.signOut,
        server.deleteUser,
        server.ban,
        async (user: Parameters<typeof server.expire>[0]) => server.expire(user),
      ];
      const others = await server.addSessions(3);
      for (const [index, end] of ways.entries()) {
        const user = await server.signUp(`ada${index}`);
        const asked = [...others, signedSession(user)];
        assert.deepEqual((await server.lookUp(asked)).at(-1), server.describe(user));
        await end(user);
        const results = await server.lookUp(asked);
        assert.deepEqual(
          results.map((result) => result !== null),
          [true, true, true, false],
        );
      }
    });

    it("SEC14 says no name that is no text or has no end, and keeps nobody else out for it", async (t) => {
      const server = await startLookUps(t, place);
      const users = [
        await server.signUp("ada"),
        await server.signUp("eve"),
        await server.signUp("bob"),
      ];
      for (const name of [{ a: 1 }, 5, "x".repeat(501)]) {
        for (const row of server.tables.user) {
          if (row.id === users[1]?.userId) Object.assign(row, { name });
        }
        const answer = await server.ask(users.map(signedSession));
        const { results } = await answer.json();
        assert.deepEqual(
          results.map((result: { user: { name: string | null } }) => result.user.name),
          ["ada", null, "bob"],
        );
      }
    });

    it("asks storage for nothing that Better Auth did not sign", async (t) => {
      const server = await startLookUps(t, place);
      const token = signedSession(await server.signUp("ada")).split(".")[0] ?? "";
      const readsBefore = server.storageReads();
      const forged = Array.from({ length: 200 }, (_, index) => sign(token, `${secret}${index}`));
      const results = await server.lookUp(forged);
      assert.deepEqual(results, new Array(200).fill(null));
      assert.equal(server.storageReads(), readsBefore);
    });

    it("knows the sessions that the current secret signed, not those of the one before", async (t) => {
      const server = await startLookUps(t, {
        ...place,
        settings: {
          secrets: [
            { version: 2, value: secret },
            { version: 1, value: oldSecret },
          ],
        },
      });
      const ada = await server.signUp("ada");
      const token = signedSession(ada).split(".")[0] ?? "";
      assert.deepEqual(await server.lookUp([sign(token, secret), sign(token, oldSecret)]), [
        server.describe(ada),
        null,
      ]);
    });

    it("renews no session and sets no cookie, even when a refresh is due", async (t) => {
      const server = await startLookUps(t, place);
      const [ada, late] = [await server.signUp("ada"), await server.signUp("late")];
      server.expire(ada, new Date(Date.now() + 60 * 60 * 1000));
      server.expire(late);
      const before = structuredClone(server.tables);
      const response = await server.ask([signedSession(ada), signedSession(late)]);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.deepEqual(await readBatch(response), [server.describe(ada), null]);
      assert.deepEqual(server.tables, before);
    });

    it("SEC28 says nothing that opens or names a session, to nobody but the one who asked", async (t) => {
      const server = await startLookUps(t, place);
      const ada = await server.signUp("ada");
      const response = await server.post(JSON.stringify({ sessions: [signedSession(ada)] }), {
        origin: "https://elsewhere.example",
      });
      assert.equal(response.headers.get("content-type"), "application/json");
      assertPrivate(response.headers);
      const everything = JSON.stringify([[...response.headers], await response.json()]);
      const [session] = server.tables.session;
      assert.ok(session !== undefined);
      for (const hidden of [session.token, session.id, signedSession(ada).split(".")[1] ?? "?"]) {
        assert.ok(!everything.includes(hidden), hidden);
      }
    });

    it("SEC14 is 503 while storage fails, never null, and comes back by itself", async (t) => {
      const server = await startLookUps(t, place);
      const ada = await server.signUp("ada");
      const forged = sign("t".repeat(32), oldSecret);
      server.failStorage(true);
      for (const sessions of [[signedSession(ada)], [forged, signedSession(ada), forged]]) {
        const response = await server.ask(sessions);
        assert.equal(response.headers.get("retry-after"), "1");
        assert.equal(await readProblem(response), "503 authority_unavailable");
      }
      assert.deepEqual(await server.lookUp([forged]), [null], "nothing to read storage for");
      server.failStorage(false);
      assert.deepEqual(await server.lookUp([signedSession(ada)]), [server.describe(ada)]);
    });
  });
}

/** Two of the last character's six bits mean nothing, and decoders may overlook them (RFC 4648 3.5). */
function respellLast(signed: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const last = alphabet.indexOf(signed.charAt(signed.length - 2));
  return `${signed.slice(0, -2)}${alphabet.charAt(last + 1)}=`;
}
