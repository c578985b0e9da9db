import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { sql } from "kysely";
import * as z from "zod";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

const refusal = z.object({ code: z.string() });

/** Stands where the task api is, and answers as its contract says, or as it is told. */
async function startTaskApi() {
  const calls: {
    method?: string | undefined;
    url?: string | undefined;
    headers: IncomingHttpHeaders;
  }[] = [];
  const api = { status: 204, calls, whenAsked: () => {} };
  const server: Server = createServer(({ method, url, headers }, response) => {
    calls.push({ method, url, headers });
    api.whenAsked();
    response.writeHead(api.status).end();
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port to listen on");
  return {
    ...api,
    url: `http://localhost:${address.port}`,
    answer(status: number, whenAsked = () => {}) {
      api.status = status;
      api.whenAsked = whenAsked;
    },
    stop: () => server.close(),
  };
}

for (const mode of ["session", "jwt"]) {
  describe(`deleting one's account, AUTH_MODE=${mode}`, () => {
    let api: Awaited<ReturnType<typeof startTaskApi>>;
    let server: AuthServer;
    let users = 0;
    let ada: { name: string; userId: string; cookie: string };

    before(async () => {
      api = await startTaskApi();
      server = await startAuthServer({ AUTH_MODE: mode, API_URL: api.url });
    });
    after(async () => {
      await server.stop();
      api.stop();
    });
    beforeEach(async () => {
      const name = `user${++users}`;
      ada = { name, ...(await server.signUp(name)) };
      api.answer(204);
      api.calls.length = 0;
    });

    const deleteAccount = (body: object) =>
      server.post("/delete-user", body, { cookie: ada.cookie });
    const signIn = () =>
      server.auth.api
        .signInEmail({ body: { email: `${ada.name}@example.com`, password }, asResponse: true })
        .then(({ status }) => status);
    const isSignedIn = async (cookie = ada.cookie) =>
      (await server.getSession({ cookie })).text !== "null";
    const codeOf = (text: string) => refusal.parse(JSON.parse(text)).code;

    it("SEC12 deletes the tasks, then the account, and every session of it with the answer", async () => {
      const { headers } = await server.auth.api.signInEmail({
        body: { email: `${ada.name}@example.com`, password },
        returnHeaders: true,
      });
      const [other = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
      const answer = await deleteAccount({ password });
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.cookies.join("\n"), /session_token=; Max-Age=0/);
      assert.deepEqual([await isSignedIn(), await isSignedIn(other)], [false, false]);
      assert.equal(await signIn(), 401);

      const [call] = api.calls;
      assert.deepEqual([call?.method, call?.url], ["DELETE", `/api/${ada.userId}`]);
      assert.equal(api.calls.length, 1);
      // The session or a token for it, and nothing else of the request.
      if (mode === "session") assert.equal(call?.headers.cookie, ada.cookie);
      else assert.match(call?.headers.authorization ?? "", /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal(
        mode === "session" ? call?.headers.authorization : call?.headers.cookie,
        undefined,
      );
      assert.equal(call?.headers.origin, undefined);
    });

    it("with a wrong password, or without one, touches neither tasks nor account", async () => {
      for (const body of [
        { password: `${password}!` },
        { password: "" },
        { password: null },
        { password: [password] },
        {},
        { token: "x" },
      ]) {
        const { status } = await deleteAccount(body);
        assert.equal(status, 400, JSON.stringify(body));
      }
      assert.equal(codeOf((await deleteAccount({ password: "wrong" })).text), "INVALID_PASSWORD");
      assert.deepEqual(api.calls, []);
      assert.ok(await isSignedIn());
    });

    it("SEC14 waits for the tasks: while they cannot be deleted it is 503, and a retry finishes it", async () => {
      for (const status of [500, 503, 404, 200]) {
        api.answer(status);
        const refused = await deleteAccount({ password });
        assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
        assert.equal(codeOf(refused.text), "TASKS_NOT_DELETED");
        assert.deepEqual(refused.cookies, []);
        assert.ok(await isSignedIn());
      }
      api.answer(204);
      assert.equal((await deleteAccount({ password })).status, 200);
      assert.equal(await signIn(), 401);
    });

    it("SEC14 that comes half-way, to the tasks alone, is 503 without a sign-out, and a retry finishes it", async () => {
      api.answer(204, () => server.link.cut());
      const refused = await deleteAccount({ password });
      server.link.mend();
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
      assert.deepEqual(refused.cookies, []);
      assert.ok(await isSignedIn());

      api.answer(204);
      assert.equal((await deleteAccount({ password })).status, 200);
      assert.equal(api.calls.length, 2);
      assert.equal(await signIn(), 401);
    });

    it("leaves no account that nobody can sign in to, when the database refuses its last step", async () => {
      const { db } = server.storage;
      await sql`create function auth.refuse() returns trigger language plpgsql as 'begin raise exception ''kept''; end'`.execute(
        db,
      );
      await sql`create trigger refuse before delete on auth."user" for each row execute function auth.refuse()`.execute(
        db,
      );
      const refused = await deleteAccount({ password });
      await sql`drop trigger refuse on auth."user"`.execute(db);
      await sql`drop function auth.refuse()`.execute(db);
      assert.ok(refused.status >= 500, refused.text);

      const { headers } = await server.auth.api.signInEmail({
        body: { email: `${ada.name}@example.com`, password },
        returnHeaders: true,
      });
      const [cookie = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
      assert.equal((await server.post("/delete-user", { password }, { cookie })).status, 200);
      assert.equal(await signIn(), 401);
    });
  });
}
