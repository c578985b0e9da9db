import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseStorages, memoryStorages } from "../test/revocable-storage.ts";
import { type OpenSession, password, startRevocations } from "../test/revocation-server.ts";
import { revokingEndpoints } from "../test/revoking-endpoints.ts";
import { readProblem } from "../test/session-look-ups.ts";

const openMemory = memoryStorages["the database"];
const newPassword = "another horse battery";

test("SEC12 a password change ends the other sessions, asked to or not, and the caller gets a new one", async (t) => {
  const server = await startRevocations(t, await openMemory(t));
  for (const asked of [{}, { revokeOtherSessions: false }, { revokeOtherSessions: true }]) {
    const own = await server.signUp();
    const other = await server.signInAgain(own);
    const body = { currentPassword: password, newPassword, ...asked };
    const response = await server.send({ path: "/change-password", body, by: own });
    assert.equal(response.status, 200);
    assert.deepEqual(await server.open([own, other]), [false, false]);
    const [cookie = ""] = response.headers.getSetCookie()[0]?.split(";") ?? [];
    const session = await server.send({ path: "/get-session", by: { ...own, cookie } });
    assert.match(await session.text(), new RegExp(own.userId));
  }
});

test("a password change that lacks a password is refused as before, and ends nothing", async (t) => {
  const server = await startRevocations(t, await openMemory(t));
  const own = await server.signUp();
  const other = await server.signInAgain(own);
  for (const body of [{}, [], { currentPassword: "wrong", newPassword }]) {
    const response = await server.send({ path: "/change-password", body, by: own });
    assert.equal(response.status, 400);
  }
  assert.deepEqual(await server.open([own, other]), [true, true]);
});

test("SEC12 the reset of somebody who had no password ends their sessions too", async (t) => {
  const server = await startRevocations(t, await openMemory(t));
  const own = await server.signUp();
  await server.internalAdapter.deleteAccounts(own.userId);
  const body = { token: await server.mailToken("reset-password:", own), newPassword };
  assert.equal((await server.send({ path: "/reset-password", body })).status, 200);
  assert.deepEqual(await server.open([own]), [false]);
});

for (const [where, open] of Object.entries({ memory: openMemory, ...databaseStorages })) {
  test(`SEC14 in a transaction (${where}) a refused change leaves the password, and a refused reset its link`, async (t) => {
    const storage = await open(t);
    const server = await startRevocations(t, storage);
    const own = await server.signUp();
    const token = await server.mailToken("reset-password:", own);
    const change = {
      path: "/change-password",
      body: { currentPassword: password, newPassword },
      by: own,
    };
    const reset = { path: "/reset-password", body: { token, newPassword } };
    for (const request of [change, reset]) {
      await storage.fail("it keeps what it was to delete");
      assert.equal(await readProblem(await server.send(request)), "503 authority_unavailable");
      await storage.fail();
      const session = await server.send({ path: "/get-session", by: own });
      assert.match(await session.text(), new RegExp(own.userId), "the cookie still opens it");
      const account = await server.internalAdapter.findCredentialAccount(own.userId);
      assert.equal(account?.password, `hash of ${password}`);
    }
    for (const request of [change, reset]) {
      assert.equal((await server.send(request)).status, 200);
    }
    assert.deepEqual(await server.open([own]), [false]);
  });
}

test("a sign-out without a session is 200, whatever storage does", async (t) => {
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage);
  const user = await server.signUp();
  const forged = { ...user, cookie: `${user.cookie.slice(0, -6)}AAA%3D` };
  await storage.fail("it is down");
  for (const by of [undefined, forged]) {
    const response = await server.send({ path: "/sign-out", body: {}, ...(by && { by }) });
    assert.equal(response.status, 200);
  }
  await storage.fail();
  assert.deepEqual(await server.open([user]), [true]);
  for (const _ of ["first", "second"]) {
    const response = await server.send({ path: "/sign-out", body: {}, by: user });
    assert.equal(response.status, 200);
  }
});

for (const [where, open] of Object.entries(memoryStorages)) {
  test(`SEC14 sessions in ${where}: while it is down nobody is told that they are signed out`, async (t) => {
    const storage = await open(t);
    const server = await startRevocations(t, storage);
    const own = await server.signUp();
    const sessions = { own, other: await server.signInAgain(own) };
    const { "a password reset": _byMail, ...withSession } = revokingEndpoints;
    const requests = [
      ...(await Promise.all(Object.values(withSession).map(({ call }) => call(sessions, server)))),
      { path: "/list-sessions", by: own },
      { path: "/update-user", body: { name: "Ada" }, by: own },
    ];
    await storage.fail("it is down");
    for (const request of requests) {
      const answer = await readProblem(await server.send(request));
      assert.equal(answer, "503 authority_unavailable", request.path);
    }
    await storage.fail();
    assert.deepEqual(await server.open([own, sessions.other]), [true, true]);
  });
}

for (const [where, open] of Object.entries({ ...memoryStorages, ...databaseStorages })) {
  test(`sessions in ${where}: who signs in meanwhile does not make a failure of a revocation`, async (t) => {
    const server = await startRevocations(t, await open(t));
    for (const path of ["/revoke-sessions", "/revoke-other-sessions", "/sign-out"]) {
      const own = await server.signUp();
      const other = await server.signInAgain(own);
      const [response] = await Promise.all([
        server.send({ path, body: {}, by: own }),
        ...Array.from({ length: 10 }, () => server.signInAgain(own)),
      ]);
      assert.equal(response.status, 200, path);
      const remain = [path === "/revoke-other-sessions", path === "/sign-out"];
      assert.deepEqual(await server.open([own, other]), remain, path);
    }
  });
}

test("a session that begins between the deletion and the look at it is none of those that had to go", async (t) => {
  const begun: OpenSession[] = [];
  const server = await startRevocations(t, await openMemory(t), {
    databaseHooks: {
      session: {
        delete: {
          async after({ userId }) {
            begun.push(await server.signInAgain({ userId }));
          },
        },
      },
    },
  });
  for (const path of ["/revoke-sessions", "/revoke-other-sessions", "/sign-out"]) {
    const own = await server.signUp();
    await server.signInAgain(own);
    const response = await server.send({ path, body: {}, by: own });
    assert.equal(response.status, 200, path);
    assert.ok(begun.length > 0);
    assert.ok((await server.open(begun.splice(0))).every(Boolean), path);
  }
});

test("SEC12 revoking the others ends more than the hundred that Better Auth lists", async (t) => {
  const server = await startRevocations(t, await openMemory(t));
  const own = await server.signUp();
  const others = [];
  for (let count = 0; count < 150; count += 1) others.push(await server.signInAgain(own));
  const response = await server.send({ path: "/revoke-other-sessions", body: {}, by: own });
  assert.equal(response.status, 200);
  assert.ok((await server.open(others)).every((isOpen) => !isOpen));
  assert.deepEqual(await server.open([own]), [true]);
});
