import assert from "node:assert/strict";
import { test } from "node:test";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { emailOTP } from "better-auth/plugins/email-otp";
import { multiSession } from "better-auth/plugins/multi-session";
import * as z from "zod";
import { memoryStorages } from "../test/revocable-storage.ts";
import { password, startRevocations } from "../test/revocation-server.ts";
import { revokingEndpoints } from "../test/revoking-endpoints.ts";
import { readProblem } from "../test/session-look-ups.ts";
import { sallyport } from "./better-auth.ts";

const openMemory = memoryStorages["the database"];

for (const [what, { call, ends }] of Object.entries(revokingEndpoints)) {
  test(`${what} runs the app's own hooks once for each session`, async (t) => {
    const calls: string[] = [];
    const server = await startRevocations(t, await openMemory(t), {
      databaseHooks: {
        session: {
          delete: {
            before: async ({ token }) => void calls.push(`before ${token}`),
            after: async ({ token }) => void calls.push(`after ${token}`),
          },
        },
      },
    });
    const own = await server.signUp();
    const sessions = { own, other: await server.signInAgain(own) };
    const response = await server.send(await call(sessions, server));
    assert.equal(response.status, 200);
    const ended = ends.map((which) => sessions[which].token);
    const expected = ended.flatMap((token) => [`before ${token}`, `after ${token}`]);
    assert.deepEqual(calls.toSorted(), expected.toSorted());
  });
}

test("SEC12 a hook that keeps a session makes its sign-out none", async (t) => {
  const server = await startRevocations(t, await openMemory(t), {
    databaseHooks: { session: { delete: { before: async () => false } } },
  });
  const own = await server.signUp();
  const response = await server.send({ path: "/sign-out", body: {}, by: own });
  assert.equal(await readProblem(response), "503 authority_unavailable");
  assert.deepEqual(await server.open([own]), [true]);
});

test("SEC12 another plugin's endpoint is held to it, whatever it makes of an error", async (t) => {
  const careless = {
    id: "careless",
    endpoints: {
      endSessions: createAuthEndpoint("/end-sessions", { method: "POST" }, async (request) => {
        const { token } = z.object({ token: z.string() }).parse(request.body);
        await request.context.internalAdapter.deleteSessions([token]).catch(() => {});
        return request.json({ ended: true });
      }),
    },
  };
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage, { plugins: [careless, sallyport()] });
  const own = await server.signUp();
  const request = { path: "/end-sessions", body: { token: own.token } };
  await storage.fail("it keeps what it was to delete");
  assert.equal(await readProblem(await server.send(request)), "503 authority_unavailable");
  await storage.fail();
  assert.equal((await server.send(request)).status, 200);
  assert.deepEqual(await server.open([own]), [false]);
});

test("SEC12 a reset by a code ends all sessions, or is none", async (t) => {
  const codes: string[] = [];
  const codesByMail = emailOTP({ sendVerificationOTP: async ({ otp }) => void codes.push(otp) });
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage, { plugins: [codesByMail, sallyport()] });
  const own = await server.signUp();
  const user = await server.internalAdapter.findUserById(own.userId);
  const email = user?.email;
  await server.send({ path: "/email-otp/request-password-reset", body: { email } });
  const body = { email, otp: codes[0], password: "another horse battery" };
  const request = { path: "/email-otp/reset-password", body };
  await storage.fail("its deletions fail");
  assert.equal(await readProblem(await server.send(request)), "503 authority_unavailable");
  await storage.fail();
  assert.equal((await server.send(request)).status, 200);
  assert.deepEqual(await server.open([own]), [false]);
});

test("SEC12 a sign-out of several accounts in one browser ends them all, or is none", async (t) => {
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage, { plugins: [multiSession(), sallyport()] });
  const [ada, bob] = [await server.signUp(), await server.signUp()];
  let cookie = "";
  for (const { userId } of [ada, bob]) {
    const user = await server.internalAdapter.findUserById(userId);
    const body = { email: user?.email, password };
    const signIn = await server.send({ path: "/sign-in/email", body, by: { ...ada, cookie } });
    const cookies = signIn.headers.getSetCookie().map((line) => line.split(";")[0]);
    cookie = [...cookies, cookie].join("; ");
  }
  const opened = (await server.internalAdapter.listSessions(ada.userId))
    .concat(await server.internalAdapter.listSessions(bob.userId))
    .filter(({ token }) => cookie.includes(token))
    .map(({ token, userId }) => ({ token, userId, cookie }));
  assert.deepEqual(await server.open(opened), [true, true]);
  const request = { path: "/sign-out", body: {}, by: { ...ada, cookie } };
  await storage.fail("it keeps what it was to delete");
  assert.equal(await readProblem(await server.send(request)), "503 authority_unavailable");
  await storage.fail();
  assert.equal((await server.send(request)).status, 200);
  assert.deepEqual(await server.open(opened), [false, false]);
});

test("an answer that needs no session is not refused because one could not be read", async (t) => {
  const curious = {
    id: "curious",
    endpoints: {
      greet: createAuthEndpoint("/greet", { method: "GET" }, async (request) => {
        const found = await request.context.internalAdapter.findSession("any").catch(() => null);
        return request.json({ hello: found?.user.name ?? "stranger" });
      }),
    },
  };
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage, { plugins: [sallyport(), curious] });
  await storage.fail("it is down");
  const response = await server.send({ path: "/greet" });
  assert.deepEqual([response.status, await response.json()], [200, { hello: "stranger" }]);
});

test("SEC12 a sign-out by the server's own call throws unless the session is gone", async (t) => {
  const storage = await openMemory(t);
  const { auth, signUp, open } = await startRevocations(t, storage);
  const own = await signUp();
  const headers = new Headers({ cookie: own.cookie });
  await storage.fail("its deletions fail");
  await assert.rejects(auth.api.signOut({ headers }), (cause) => {
    assert.ok(cause instanceof APIError);
    assert.equal(cause.statusCode, 503);
    assert.equal(cause.body?.error_code, "authority_unavailable");
    return true;
  });
  await storage.fail();
  assert.equal((await auth.api.signOut({ headers })).success, true);
  assert.deepEqual(await open([own]), [false]);
});

test("SEC29 the log has the cause beside the answer's request id, and no token", async (t) => {
  const lines: string[] = [];
  const storage = await openMemory(t);
  const server = await startRevocations(t, storage, {
    logger: { log: (...parts) => lines.push(parts.map(String).join(" ")) },
  });
  const own = await server.signUp();
  await storage.fail("its deletions fail");
  const response = await server.send({ path: "/sign-out", body: {}, by: own });
  const { request_id } = z.object({ request_id: z.uuid() }).parse(await response.json());
  const log = lines.join("\n");
  assert.match(log, new RegExp(`${request_id}.*storage does not delete`));
  assert.ok(!log.includes(own.token));
});
