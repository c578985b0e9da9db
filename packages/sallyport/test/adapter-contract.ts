import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";
import { type FakeBetterAuth, fakeBetterAuth, unprotectedRoutes } from "../src/testing.ts";
import { patientMs } from "./auth-server.ts";
import type { Backend, StartBackend } from "./backends/backend.ts";
import { modes, serviceKeyFor } from "./guarded-fake.ts";

/** What a framework answers by itself, before its adapter is asked or after it has thrown. */
interface OwnAnswers {
  malformedPath?: readonly number[];
  unknownMethod?: readonly number[];
  /** A bug is answered without a body, and without the headers of the guard. */
  bareBug?: boolean;
}

/** What every adapter does alike, over real HTTP. */
export function adapterContract(
  framework: string,
  start: StartBackend,
  { malformedPath = [400], unknownMethod = [401, 404, 405], bareBug = false }: OwnAnswers = {},
) {
  for (const mode of modes) {
    describe(`${framework} keeps the contract of all adapters, ${mode} look-ups`, () => {
      let auth: FakeBetterAuth;
      let backend: Backend;

      before(async () => {
        auth = await fakeBetterAuth();
        backend = await start(options());
      });
      after(async () => {
        await backend.close();
        await auth.close();
      });

      const options = () => ({
        authUrl: auth.url,
        deadlineMs: patientMs,
        serviceKey: serviceKeyFor(mode, auth),
      });
      const call = (path: string, init: RequestInit = {}) =>
        fetch(`${backend.origin}${path}`, { redirect: "manual", ...init });
      const codeOf = async (answer: Response) => {
        assert.equal(answer.headers.get("content-type"), "application/problem+json");
        const { error_code }: { error_code?: unknown } = JSON.parse(await answer.text());
        return error_code;
      };
      const assertGuarded = ({ headers }: Response) => {
        assert.equal(headers.get("cache-control"), "no-store");
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        const vary = (headers.get("vary") ?? "").split(/, */);
        for (const name of ["Cookie", "Authorization", "Origin"]) assert.ok(vary.includes(name));
      };

      test("lets the owner in, and hands the caller to the route", async () => {
        const ada = auth.signIn();
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          const headers = { cookie: ada.cookie };
          const answer = await call(`/api/${ada.user.id}/tasks`, { method, headers });
          assert.equal(answer.status, 200, method);
          assert.deepEqual(await answer.json(), { user: ada.user.id });
          assertGuarded(answer);
          assert.match(answer.headers.get("vary") ?? "", /\bAccept\b/, "the route's own is kept");
        }
      });

      test("public routes need no credential and ask nobody", async () => {
        const before = auth.requests.length;
        assert.equal((await call("/healthz")).status, 200);
        assert.equal(auth.requests.length, before);
      });

      test("SEC12 a session that was revoked is refused by the next request", async () => {
        const ada = auth.signIn();
        const get = () => call(`/api/${ada.user.id}/tasks`, { headers: { cookie: ada.cookie } });
        assert.equal((await get()).status, 200);
        auth.revoke(ada);
        const answer = await get();
        assert.equal(answer.status, 401);
        assert.equal(
          answer.headers.get("www-authenticate"),
          'Session realm="api", error="invalid_token"',
        );
        assertGuarded(answer);
        assert.equal(await codeOf(answer), "session_invalid");
      });

      test("SEC28 a refusal is a problem document with a request id and nothing of the inside", async () => {
        const answer = await call("/api/somebody/tasks");
        assert.equal(answer.status, 401);
        assert.equal(answer.headers.get("www-authenticate"), 'Session realm="api"');
        assertGuarded(answer);
        const { request_id, ...body } = await answer.json();
        assert.match(request_id, /./);
        assert.deepEqual(body, {
          type: "https://github.com/sallyport/sallyport/blob/main/docs/errors.md#credentials_missing",
          title: "Authentication required",
          status: 401,
          detail: "The request carries no credential.",
          error_code: "credentials_missing",
          message: "Authentication required",
        });
      });

      test("SEC17 a credential that cannot be read, or is given twice, is malformed", async () => {
        const [ada, bob] = [auth.signIn(), auth.signIn()];
        for (const cookie of ["better-auth.session_token=x", `${ada.cookie}; ${bob.cookie}`]) {
          const answer = await call(`/api/${ada.user.id}/tasks`, { headers: { cookie } });
          assert.equal(answer.status, 401);
          assert.equal(await codeOf(answer), "credentials_malformed");
        }
      });

      test("SEC17 two Cookie headers are one list", async () => {
        const [ada, bob] = [auth.signIn(), auth.signIn()];
        const path = `/api/${ada.user.id}/tasks`;
        assert.equal(await statusOfRaw(path, ["Cookie", "a=b", "Cookie", ada.cookie]), 200);
        assert.equal(await statusOfRaw(path, ["Cookie", ada.cookie, "Cookie", bob.cookie]), 401);
      });

      test("an expired session is refused", async () => {
        const ada = auth.signIn();
        auth.expire(ada);
        const answer = await call(`/api/${ada.user.id}/tasks`, { headers: { cookie: ada.cookie } });
        assert.equal(answer.status, 401);
        assert.equal(await codeOf(answer), "session_invalid");
      });

      test("SEC18 the guard and the route see one and the same owner, decoded once", async () => {
        const [ada, bob] = [auth.signIn(), auth.signIn()];
        const get = (owner: string) =>
          call(`/api/${owner}/tasks`, { headers: { cookie: ada.cookie } });
        const [first = "", ...rest] = ada.user.id;
        const encoded = `%${first.charCodeAt(0).toString(16)}${rest.join("")}`;
        const once = await get(encoded);
        assert.equal(once.status, 200);
        assert.deepEqual(await once.json(), { user: ada.user.id });
        for (const owner of [
          bob.user.id,
          ada.user.id.toUpperCase() === ada.user.id ? "x" : ada.user.id.toUpperCase(),
          `%25${encoded.slice(1)}`,
          `${ada.user.id}%00`,
          `${ada.user.id}%2f..%2f${bob.user.id}`,
          `${ada.user.id};${bob.user.id}`,
          `${ada.user.id}%20`,
        ]) {
          const answer = await get(owner);
          assert.equal(answer.status, 403, owner);
          assertGuarded(answer);
          assert.equal(await codeOf(answer), "user_mismatch");
        }
      });

      test("SEC18 however a request spells its path, another's data stays another's", async () => {
        const { user, cookie } = auth.signIn();
        const [mine, theirs] = [user.id, auth.signIn().user.id];
        for (const path of [
          `http://evil.example/api/${theirs}/tasks`,
          `//api//${theirs}/tasks`,
          `/api//${theirs}/tasks`,
          `/api/./${theirs}/tasks`,
          `/api/${mine}/../${theirs}/tasks`,
          `/api/${mine}/%2e%2e/${theirs}/tasks`,
          `/api/${mine}\\..\\${theirs}/tasks`,
          `/api/${mine}${"/..".repeat(1_000)}/api/${theirs}/tasks`,
          `/API/${theirs}/TASKS`,
          `/api/${theirs}/tasks/`,
          `/api/${theirs}%2ftasks`,
          `/api/${theirs}/%74asks`,
          `/api;${mine}/${theirs}/tasks`,
          `/api/${theirs}/tasks;user_id=${mine}`,
          `/api/${theirs}/tasks?user_id=${mine}`,
          `/api/${theirs}/tasks?/../../${mine}/tasks`,
          `/api/${theirs}/tasks#/api/${mine}/tasks`,
          "/api/__proto__/tasks",
          `/api/${mine}${"%20".repeat(1_000)}/tasks`,
          `/api/${"x".repeat(10_000)}/tasks`,
        ]) {
          for (const headers of [[], ["Cookie", cookie]]) {
            const status = (await statusOfRaw(path, headers)) ?? 0;
            assert.ok(status >= 300 && status < 500, `${path}: ${status}`);
          }
        }
      });

      test("SEC18 a path that does not decode is 400, and nobody is asked", async () => {
        const ada = auth.signIn();
        const before = auth.requests.length;
        for (const path of ["/api/%zz/tasks", "/api/%ff/tasks", `/api/${ada.user.id}/%`]) {
          const status = await statusOfRaw(path, ["Cookie", ada.cookie]);
          assert.ok(malformedPath.includes(status ?? 0), `${path}: ${status}`);
        }
        assert.equal(auth.requests.length, before);
      });

      test("SEC19 no method passes unguarded, and OPTIONS and HEAD carry no data", async () => {
        for (const method of [
          "GET",
          "HEAD",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "OPTIONS",
          "PURGE",
        ]) {
          const answer = await call("/api/somebody/tasks", { method });
          const text = await answer.text();
          const expected = method === "PURGE" ? unknownMethod : [401, 404, 405];
          assert.ok(expected.includes(answer.status), `${method}: ${answer.status}`);
          if (!["OPTIONS", "PURGE"].includes(method)) assert.equal(answer.status, 401, method);
          if (method === "HEAD") assert.equal(text, "");
        }
      });

      test("HEAD answers an owner as GET does, without the body", async () => {
        const ada = auth.signIn();
        const headers = { cookie: ada.cookie };
        const answer = await call(`/api/${ada.user.id}/tasks`, { method: "HEAD", headers });
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), "");
        assertGuarded(answer);
      });

      test("SEC21 headers that claim an identity or a path are ignored", async () => {
        const [ada, bob] = [auth.signIn(), auth.signIn()];
        const headers = {
          cookie: ada.cookie,
          "x-user-id": bob.user.id,
          "x-forwarded-user": bob.user.id,
          "x-original-url": `/api/${ada.user.id}/tasks`,
          "x-forwarded-uri": `/api/${ada.user.id}/tasks`,
          "x-http-method-override": "DELETE",
          "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware",
        };
        assert.equal((await call(`/api/${bob.user.id}/tasks`, { headers })).status, 403);
        const own = await call(`/api/${ada.user.id}/tasks`, { headers });
        assert.deepEqual(await own.json(), { user: ada.user.id });
      });

      test("SEC26 a change from a page of an untrusted origin is refused before anyone is asked", async () => {
        const ada = auth.signIn();
        const before = auth.requests.length;
        for (const origin of ["https://evil.example", "null"]) {
          const answer = await call(`/api/${ada.user.id}/tasks`, {
            method: "POST",
            headers: { cookie: ada.cookie, origin },
          });
          assert.equal(answer.status, 403);
          assert.equal(await codeOf(answer), "cross_origin_refused");
        }
        assert.equal(auth.requests.length, before);
      });

      test("redirects and failures behind the guard are one caller's own, too", async () => {
        const ada = auth.signIn();
        for (const [path, expected] of [
          ["redirect", /^30[27]$/],
          ["bug", /^500$/],
          ["nothing", /^404$/],
        ] as const) {
          const headers = { cookie: ada.cookie };
          const answer = await call(`/api/${ada.user.id}/${path}`, { headers });
          assert.match(String(answer.status), expected);
          const text = await answer.text();
          if (path === "bug" && bareBug) assert.equal(text, "");
          else if (path !== "nothing") assertGuarded(answer);
          assert.doesNotMatch(text, /Error: a bug|at .*\.ts:/);
        }
      });

      test("a route that somebody forgot to protect is found by asking the routes", async () => {
        assert.ok(backend.routes.length >= 4);
        assert.deepEqual(await unprotectedRoutes(backend.origin, backend.routes), [
          ["GET", "/healthz"],
        ]);
        const careless = await start({ ...options(), withForgottenRoute: true });
        try {
          assert.deepEqual(await unprotectedRoutes(careless.origin, careless.routes), [
            ["GET", "/healthz"],
            ["GET", "/api/somebody/forgotten"],
          ]);
        } finally {
          await careless.close();
        }
      });

      /** `fetch` merges repeated headers and mends paths. */
      function statusOfRaw(path: string, headers: string[]): Promise<number | undefined> {
        return new Promise((resolve, reject) => {
          httpRequest(backend.origin, { path, headers: ["Host", "x", ...headers] }, (answer) => {
            answer.resume().once("end", () => resolve(answer.statusCode));
          })
            .once("error", reject)
            .end();
        });
      }
    });
  }
}
