import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryAdapter } from "better-auth/adapters/memory";
import { mapStorage } from "../test/map-storage.ts";
import { readProblem, sign } from "../test/session-look-ups.ts";
import { liveOnes, startStoredSessions } from "../test/stored-sessions.ts";

const tables = () => ({ user: [], session: [], account: [], verification: [] });
const inAnHour = () => new Date(Date.now() + 60 * 60 * 1000);

function startSecondaryStorage() {
  const values = new Map<string, string>();
  let fails = false;
  return {
    storage: mapStorage(values, () => {
      if (fails) throw new Error("secondary storage is down");
    }),
    values,
    fail() {
      fails = true;
    },
  };
}

for (const [what, options] of Object.entries({
  "with the names of its own fields": {
    user: { fields: { email: "mail" } },
    session: { fields: { token: "handle", userId: "owner" } },
  },
  "with numbers for ids": { advanced: { database: { generateId: "serial" as const } } },
})) {
  test(`SEC15 look-ups by an adapter, ${what}, say what get-session says`, async (t) => {
    const database = memoryAdapter(tables());
    const auth = await startStoredSessions(t, { database, ...options });
    const sessions = await auth.fill();
    const results = await auth.lookUp(Object.values(sessions));
    assert.deepEqual(results, await Promise.all(Object.values(sessions).map(auth.getSession)));
    assert.deepEqual(
      Object.keys(sessions).filter((_, index) => results[index] !== null),
      liveOnes,
    );
  });
}

test("a session whose user is gone from storage is none", async (t) => {
  const db = tables();
  const auth = await startStoredSessions(t, { database: memoryAdapter(db) });
  const { live = "" } = await auth.fill();
  db.user.length = 0;
  assert.deepEqual(await auth.lookUp([live]), [null]);
});

for (const [what, session] of Object.entries({
  "in secondary storage alone": {},
  "in secondary storage and the database": { storeSessionInDatabase: true },
  "in secondary storage, kept in the database for the record": {
    storeSessionInDatabase: true,
    preserveSessionInDatabase: true,
  },
})) {
  test(`SEC15 look-ups of sessions ${what} say what get-session says`, async (t) => {
    const secondary = startSecondaryStorage();
    const auth = await startStoredSessions(t, {
      database: memoryAdapter(tables()),
      secondaryStorage: secondary.storage,
      session,
    });
    const evicted = await auth.signIn("evicted", inAnHour());
    const sessions = { ...(await auth.fill()), evicted: sign(evicted.token) };
    assert.ok(secondary.values.delete(evicted.token));

    const results = await auth.lookUp(Object.values(sessions));
    assert.deepEqual(results, await Promise.all(Object.values(sessions).map(auth.getSession)));
    const isInDatabaseToo = what === "in secondary storage and the database";
    assert.deepEqual(
      Object.keys(sessions).filter((_, index) => results[index] !== null),
      [...liveOnes, ...(isInDatabaseToo ? ["evicted"] : [])],
    );
  });

  test(`SEC12 what is revoked ${what} is gone in the first look-up after it`, async (t) => {
    const auth = await startStoredSessions(t, {
      database: memoryAdapter(tables()),
      secondaryStorage: startSecondaryStorage().storage,
      session,
    });
    const { internalAdapter } = auth;
    const ways = {
      alone: (user: { token: string }) => internalAdapter.deleteSession(user.token),
      "with all of the user's": (user: { userId: string }) =>
        internalAdapter.deleteUserSessions(user.userId),
      "with the user": (user: { userId: string }) => internalAdapter.deleteUser(user.userId),
    };
    for (const [way, revoke] of Object.entries(ways)) {
      const user = await auth.signIn(`revoked ${way}`, inAnHour());
      const [found] = await auth.lookUp([sign(user.token)]);
      assert.equal(found?.user.id, user.userId);
      await revoke(user);
      assert.deepEqual(await auth.lookUp([sign(user.token)]), [null], way);
    }
  });

  test(`SEC14 look-ups of sessions ${what} are 503 while secondary storage fails`, async (t) => {
    const secondary = startSecondaryStorage();
    const auth = await startStoredSessions(t, {
      database: memoryAdapter(tables()),
      secondaryStorage: secondary.storage,
      session,
    });
    const { live = "" } = await auth.fill();
    secondary.fail();
    const response = await auth.ask([live, sign("t".repeat(32))]);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.equal(await readProblem(response), "503 authority_unavailable");
  });
}
