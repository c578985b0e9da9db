import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "sallyport/testing";
import * as z from "zod";
import { readAssertion } from "./assertion.ts";
import { startGatewayProcess } from "./gateway-process.ts";
import { exchangeRaw } from "./raw-exchange.ts";
import { proxyNames, startProxy } from "./recipes.ts";
import { type SeenBackend, startSeenBackend } from "./seen-backend.ts";

const problem = z.object({ error_code: z.string(), status: z.number() });

const pathTricks = (mine: string, others: string) => [
  `/api/${mine}/../${others}/tasks`,
  `/api/${mine}/%2e%2e/${others}/tasks`,
  `/api/${mine}/..%2f${others}/tasks`,
  `/api/${mine}%2f..%2f${others}/tasks`,
  `/api/${mine}/.%2e/${others}/tasks`,
  `/api/${mine}/%252e%252e/${others}/tasks`,
  `/api/${mine}/..\\${others}/tasks`,
  `/api/${mine}/..%5c${others}/tasks`,
  `/api/${mine}/..;/${others}/tasks`,
  `/api//${others}/tasks`,
  `//api/${others}/tasks`,
  `/api/./${others}/tasks`,
  `/api/${others}/tasks`,
  `/api/${others}%00/tasks`,
  `/api/${others};x=${mine}/tasks`,
  `/api/${others}%3b${mine}/tasks`,
  `/api/${others}?/../${mine}/tasks`,
  `/api/${others}#/../${mine}/tasks`,
  `/api/${mine}#/../${others}/tasks`,
  `/api/%ff/${others}`,
  `/api/%c0%ae%c0%ae/${others}`,
  `/api/${mine}/\x01/${others}`,
  `/%61pi/${others}/tasks`,
  `/API/${others}/tasks`,
  `/api/auth/../${others}/tasks`,
  `/api/auth/%2e%2e/${others}/tasks`,
  `/x/../api/${others}/tasks`,
  `/x/%2e%2e/api/${others}/tasks`,
  `http://127.0.0.1/api/${others}/tasks`,
  `http://evil.example/api/${mine}/../${others}/tasks`,
  `*`,
  `/api`,
  `/api/`,
  `/api/${others}`,
  `/api/${mine}/tasks/%2F${others}`,
];

const spoofs = [
  "X-Auth-User-Id",
  "x-auth-user-id",
  "X_Auth_User_Id",
  "X-Auth_User-Id",
  "X_AUTH-USER_ID",
  "X-Auth-Assertion",
  "X-Auth-Email",
  "X-Auth-Role",
  "X_Auth_Role",
];

for (const name of proxyNames) {
  describe(`the recipe for ${name}`, () => {
    let auth: FakeBetterAuth;
    let backend: SeenBackend;
    let gateway: Awaited<ReturnType<typeof startGatewayProcess>>;
    let proxy: Awaited<ReturnType<typeof startProxy>>;
    let ada: FakeSession;
    let bob: FakeSession;

    before(async () => {
      auth = await fakeBetterAuth();
      backend = await startSeenBackend();
      gateway = await startGatewayProcess(
        [
          ...["--auth-url", auth.url, "--owner", "/api/{user_id}/**", "--public", "/api/docs"],
          ...["--trusted-origin", "https://app.example.com", "--deadline-ms", "2000"],
        ],
        { SALLYPORT_SERVICE_KEY: auth.serviceKey },
      );
      const betterAuth = Number(new URL(auth.url).port);
      proxy = await startProxy(name, { betterAuth, gateway: gateway.port, backend: backend.port });
      [ada, bob] = [auth.signIn({ name: "Zoë" }), auth.signIn()];
    });
    after(async () => {
      await proxy?.stop();
      await gateway?.kill();
      await backend?.stop();
      await auth?.close();
    });
    afterEach(() => void backend.takeSeen());

    const ask = (path: string, init: RequestInit = {}) => fetch(`${proxy.origin}${path}`, init);
    const own = (headers: Record<string, string> = {}, init: RequestInit = {}) =>
      ask(`/api/${ada.user.id}/tasks`, { ...init, headers: { cookie: ada.cookie, ...headers } });

    async function refusal(answer: Response) {
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("x-auth-assertion"), null);
      const { error_code, status } = problem.parse(await answer.json());
      assert.equal(status, answer.status);
      return `${status} ${error_code}`;
    }

    test("an owner's request reaches the backend, with who it is and without the credential", async () => {
      const answer = await own({ authorization: "Bearer x" });
      assert.deepEqual([answer.status, await answer.json()], [200, { user: ada.user.id }]);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.match(answer.headers.get("vary") ?? "", /Cookie, Authorization, Origin/);
      assert.equal(answer.headers.get("x-auth-user-id"), null);
      const [seen] = backend.takeSeen();
      assert.ok(seen);
      assert.equal(seen.url, `/api/${ada.user.id}/tasks`);
      assert.equal(seen.headers["x-auth-name"], "Zo%C3%AB");
      assert.equal(seen.headers["x-auth-email"], ada.user.email);
      assert.equal(seen.headers.cookie, undefined);
      assert.equal(seen.headers.authorization, undefined);
      const assertion = String(seen.headers["x-auth-assertion"]);
      const { sub } = await readAssertion(assertion, gateway.origin);
      assert.equal(sub, ada.user.id);
    });

    test("a body arrives whole", async () => {
      const body = Buffer.alloc(512 * 1024, "a");
      const init = { method: "POST", body };
      const answer = await own({ origin: "https://app.example.com" }, init);
      assert.equal(answer.status, 200);
      assert.equal(backend.takeSeen()[0]?.bodyBytes, body.length);
    });

    test("SEC11 the client sees 401 with its challenge, 403 and 400, each with the problem document", async () => {
      const nobody = await ask(`/api/${ada.user.id}/tasks`);
      assert.equal(nobody.headers.get("www-authenticate"), 'Session realm="api"');
      assert.equal(await refusal(nobody), "401 credentials_missing");
      assert.equal(await refusal(await own({ cookie: bob.cookie })), "403 user_mismatch");
      const foreign = { origin: "https://evil.example" };
      const posted = await own(foreign, { method: "POST", body: "x" });
      assert.equal(await refusal(posted), "403 cross_origin_refused");
      const odd = await ask(`/api/${ada.user.id}/a%2Fb`, { headers: { cookie: ada.cookie } });
      assert.equal(await refusal(odd), "400 malformed_request");
      const gone = auth.signIn();
      auth.revoke(gone);
      const signedOut = await own({ cookie: gone.cookie });
      assert.match(signedOut.headers.get("www-authenticate") ?? "", /^Session .*invalid_token"$/);
      assert.equal(await refusal(signedOut), "401 session_invalid");
      assert.deepEqual(backend.takeSeen(), []);
    });

    test("a public path reaches the backend without a session, and without an identity", async () => {
      const answer = await ask("/api/docs", { headers: { cookie: ada.cookie } });
      assert.equal(answer.status, 200);
      const [seen] = backend.takeSeen();
      assert.doesNotMatch(String(seen?.rawHeaders), /x.auth/i);
    });

    for (const header of spoofs) {
      test(`SEC21 ${header} of a client's never reaches the backend`, async () => {
        // nginx cannot drop headers by a pattern: what it does not know by name, the gateway refuses.
        const status = name === "nginx" && header === "X-Auth-Role" ? 400 : 200;
        for (const path of [`/api/${ada.user.id}/tasks`, "/api/docs"]) {
          const answer = await exchangeRaw(proxy.port, [
            ...[`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${proxy.port}`, `Cookie: ${ada.cookie}`],
            ...[`${header}: mallory`, `${header}: mallory2`],
          ]);
          assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
          for (const seen of backend.takeSeen()) {
            assert.doesNotMatch(String(seen.rawHeaders), /mallory/);
          }
        }
      });
    }

    test("SEC21 what a client says of path and method is not believed", async () => {
      const lies = [
        ["X-Original-URI", `/api/${ada.user.id}/tasks`],
        ["X-Original-Method", "GET"],
        ["X-Forwarded-Uri", `/api/${ada.user.id}/tasks`],
        ["X-Forwarded-Method", "GET"],
        ["X-Forwarded-Host", "evil.example"],
      ].map(([header, value]) => `${header}: ${value}`);
      for (const lie of [...lies, lies.slice(0, 2).join("\r\n"), lies.slice(2, 4).join("\r\n")]) {
        const lines = [
          `GET /api/${bob.user.id}/tasks HTTP/1.1`,
          `Host: 127.0.0.1:${proxy.port}`,
          lie,
        ];
        const answer = await exchangeRaw(proxy.port, [...lines, `Cookie: ${ada.cookie}`]);
        assert.match(answer, /^HTTP\/1.1 403 /, lie);
      }
      assert.deepEqual(backend.takeSeen(), []);
    });

    test("SEC21 a client cannot take the identity away, or what the gateway is told", async () => {
      const told = ["X-Auth-User-Id", "X-Original-URI", "X-Forwarded-Uri", "X-Forwarded-Method"];
      for (const header of [...told, ...told.map((each) => each.toLowerCase()), "Cookie"]) {
        await exchangeRaw(proxy.port, [
          ...[`GET /api/${ada.user.id}/tasks HTTP/1.1`, `Host: 127.0.0.1:${proxy.port}`],
          ...[`Cookie: ${ada.cookie}`, `Connection: ${header}`],
        ]);
        for (const seen of backend.takeSeen()) {
          assert.equal(seen.headers["x-auth-user-id"], ada.user.id, header);
        }
      }
    });

    test("SEC18 no trick in the path shows the backend another owner than the one who was judged", async () => {
      for (const target of pathTricks(ada.user.id, bob.user.id)) {
        const lines = [
          `GET ${target} HTTP/1.1`,
          `Host: 127.0.0.1:${proxy.port}`,
          `Cookie: ${ada.cookie}`,
        ];
        const answer = await exchangeRaw(proxy.port, lines);
        assert.match(answer, /^HTTP\/1.1 (200|301|40[0134]) /, `${target}: ${answer}`);
        for (const { url, headers } of backend.takeSeen()) {
          assert.equal(headers["x-auth-user-id"], ada.user.id);
          const seen = new URL(url, "http://backend").pathname;
          assert.ok(!decodeURIComponent(seen).includes(bob.user.id), `${target} is ${url}`);
        }
      }
    });

    test("SEC18 a path that passes reaches the backend byte for byte", async () => {
      const owned = `/api/${ada.user.id}`;
      const targets = [owned, `${owned}/`, `${owned}/%61%20b+%2B%C3%AB:@,=?q=%2F..%00/../;`];
      for (const target of targets) {
        const lines = [`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${proxy.port}`];
        await exchangeRaw(proxy.port, [...lines, `Cookie: ${ada.cookie}`]);
        assert.deepEqual(
          backend.takeSeen().map(({ url }) => url),
          [target],
        );
      }
    });

    test("SEC17 a session cookie that comes twice is refused", async () => {
      const lines = [`GET /api/${ada.user.id}/tasks HTTP/1.1`, `Host: 127.0.0.1:${proxy.port}`];
      const cookies = [`Cookie: ${ada.cookie}`, `Cookie: ${bob.cookie}`];
      const answer = await exchangeRaw(proxy.port, [...lines, ...cookies]);
      assert.match(answer, /^HTTP\/1.1 40[01] /);
      assert.deepEqual(backend.takeSeen(), []);
    });

    test("a page of another origin opens no WebSocket", async () => {
      const upgrade = { connection: "upgrade", upgrade: "websocket" };
      const lines = [
        `GET /api/${ada.user.id}/ws HTTP/1.1`,
        `Host: 127.0.0.1:${proxy.port}`,
        `Cookie: ${ada.cookie}`,
      ];
      const headers = Object.entries({ ...upgrade, origin: "https://evil.example" });
      const answer = await exchangeRaw(proxy.port, [
        ...lines,
        ...headers.map(([header, value]) => `${header}: ${value}`),
      ]);
      assert.match(answer, /^HTTP\/1.1 403 /);
    });

    test("SEC14 an authority that fails is 503 with Retry-After, and then all is well again", async () => {
      await auth.fail("connection-refused");
      const answer = await own();
      assert.equal(answer.headers.get("retry-after"), "1");
      assert.equal(answer.headers.get("www-authenticate"), null);
      assert.equal(await refusal(answer), "503 authority_unavailable");
      await auth.recover();
      assert.equal((await own()).status, 200);
    });

    test("SEC14 a backend that is gone is 503 with Retry-After", async () => {
      await backend.stop();
      const answer = await own();
      await backend.listen();
      assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"]);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
    });

    test("SEC14 a gateway that is gone is 503 with Retry-After, and nothing reaches the backend", async () => {
      await gateway.kill();
      const answer = await own();
      assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"]);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.deepEqual(backend.takeSeen(), []);
    });
  });
}
