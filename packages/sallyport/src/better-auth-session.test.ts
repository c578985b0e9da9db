import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { fromNewAddress, serviceKey } from "../test/auth-server.ts";
import {
  assertPrivate,
  readLookedUp,
  readProblem,
  sign,
  signedSession,
  startLookUps,
} from "../test/session-look-ups.ts";

async function startSessions(t: TestContext, options: Parameters<typeof startLookUps>[1] = {}) {
  const server = await startLookUps(t, options);
  return {
    ...server,
    /** As a client of its own. */
    get: (path: string, cookie: string, headers: Record<string, string> = {}) =>
      fetch(server.url + path, { headers: { ...fromNewAddress(), cookie, ...headers } }),
  };
}

test("SEC28 GET /session says whose session a cookie opens and until when, and no more", async (t) => {
  const server = await startSessions(t);
  const ada = await server.signUp("ada");
  await server.signUp("bob");
  const response = await server.get("/session", `theme=dark; ${ada.cookie}`, {
    origin: "https://elsewhere.example",
  });
  assert.equal(response.headers.get("content-type"), "application/json");
  assertPrivate(response.headers);
  assert.deepEqual(await readLookedUp(response), server.describe(ada));
});

test("GET /session is 401 without a cookie that opens a session", async (t) => {
  const server = await startSessions(t, { plugins: [admin()] });
  const [ada, late] = [await server.signUp("ada"), await server.signUp("late")];
  const [gone, banned] = [await server.signUp("gone"), await server.signUp("banned")];
  server.expire(late);
  await server.signOut(gone);
  await server.ban(banned);

  const [name = "", value = ""] = ada.cookie.split("=");
  const token = signedSession(ada).split(".")[0] ?? "";
  for (const [what, cookie] of Object.entries({
    absent: "",
    "another name's": `theme=${value}`,
    "the name of a https deployment": `__Secure-${ada.cookie}`,
    expired: late.cookie,
    "signed out": gone.cookie,
    banned: banned.cookie,
    forged: `${name}=x${value}`,
    unsigned: `${name}=${token}`,
    "another deployment's": `${name}=${encodeURIComponent(sign(token, "another-secret-of-somebody-else-0123"))}`,
    ambiguous: `${ada.cookie}; ${banned.cookie}`,
    undecodable: `${name}=%E0%A4%A`,
  })) {
    const response = await server.get("/session", cookie);
    assert.equal(
      response.headers.get("www-authenticate"),
      'Session realm="better-auth", error="invalid_token"',
      what,
    );
    assert.equal(await readProblem(response), "401 session_invalid", what);
  }
  assert.equal((await server.get("/session", ada.cookie)).status, 200);
});

test("SEC12 GET /session reads storage: a session that is gone is gone, though the cookie cache holds it", async (t) => {
  const server = await startSessions(t, {
    settings: { session: { cookieCache: { enabled: true } } },
  });
  const ada = await server.signUp("ada");
  const fresh = await server.get("/get-session", ada.cookie);
  const cached = fresh.headers.getSetCookie().map((line) => line.split(";")[0]);
  const cookie = [ada.cookie, ...cached].join("; ");
  assert.match(cookie, /session_data=/);
  assert.deepEqual(await readLookedUp(await server.get("/session", cookie)), server.describe(ada));
  await server.signOut(ada);
  assert.notEqual(await (await server.get("/get-session", cookie)).json(), null, "the cache works");
  assert.equal(await readProblem(await server.get("/session", cookie)), "401 session_invalid");
});

test("GET /session renews nothing, even when a refresh is due", async (t) => {
  const server = await startSessions(t);
  const ada = await server.signUp("ada");
  server.expire(ada, new Date(Date.now() + 60 * 60 * 1000));
  const before = structuredClone(server.tables);
  assertPrivate((await server.get("/session", ada.cookie)).headers);
  assert.deepEqual(server.tables, before);
});

test("SEC1 GET /session takes no session out of an Authorization header, the bearer plugin or not", async (t) => {
  for (const plugins of [[], [bearer()]]) {
    const server = await startSessions(t, { plugins });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const signed = signedSession(bob);
    for (const credential of [signed, signed.split(".")[0]]) {
      const headers = { authorization: `Bearer ${credential}` };
      const without = await server.get("/session", "", headers);
      assert.equal(await readProblem(without), "401 session_invalid");
      const beside = await server.get("/session", ada.cookie, headers);
      assert.deepEqual(await readLookedUp(beside), server.describe(ada));
    }
  }
});

test("SEC14 GET /session is 503 while storage fails, never 401, and comes back by itself", async (t) => {
  const server = await startSessions(t);
  const ada = await server.signUp("ada");
  server.failStorage(true);
  const response = await server.get("/session", ada.cookie);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal(response.headers.get("www-authenticate"), null);
  assert.equal(await readProblem(response), "503 authority_unavailable");
  const forged = await server.get("/session", ada.cookie.replace("=", "=x"));
  assert.equal(await readProblem(forged), "401 session_invalid", "nothing to look up");
  server.failStorage(false);
  assert.equal((await server.get("/session", ada.cookie)).status, 200);
});

test("SEC16 an address gets Better Auth's usual number of answers from GET /session, a backend all", async (t) => {
  const server = await startSessions(t);
  const { cookie } = await server.signUp("ada");
  const burst = async (headers: Record<string, string>) => {
    const address = fromNewAddress();
    const answers = Array.from({ length: 150 }, () =>
      server.get("/session", cookie, { ...address, ...headers }),
    );
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    return [200, 429].map((wanted) => statuses.filter((status) => status === wanted).length);
  };
  assert.deepEqual(await burst({}), [100, 50]);
  assert.deepEqual(await burst({ "x-sallyport-key": "wrong" }), [100, 50]);
  assert.deepEqual(await burst({ "x-sallyport-key": serviceKey }), [150, 0]);
});
