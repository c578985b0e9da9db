import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  type FakeBetterAuth,
  type FakeSession,
  fakeBetterAuth,
  faults,
  unresolvableUrl,
} from "../src/testing.ts";
import type { Backend, StartBackend } from "./backends/backend.ts";

const deadlineMs = 400;
/** The deadline's own figures are the benchmark's: a busy machine is no failure here. */
const slackMs = 1_000;

/** Every way in which the authority fails, met by a backend in a framework, over real sockets. */
export function outageLab(framework: string, start: StartBackend) {
  describe(`${framework} survives whatever the authority does`, () => {
    let auth: FakeBetterAuth;
    let backend: Backend;
    let ada: FakeSession;

    before(async () => {
      auth = await fakeBetterAuth();
      ada = auth.signIn();
      backend = await start({ authUrl: auth.url, deadlineMs });
    });
    after(() => auth.close());

    for (const fault of faults) {
      test(`SEC14 ${fault}: 503 inside the deadline, and the next good answer counts`, async () => {
        await auth.fail(fault);
        await assertUnavailable(backend, ada);
        await auth.recover();
        assert.equal((await tasksOf(backend, ada)).status, 200);
      });
    }

    test("SEC14 a name that does not resolve: 503 inside the deadline", async () => {
      const lost = await start({ authUrl: unresolvableUrl, deadlineMs });
      try {
        await assertUnavailable(lost, ada);
      } finally {
        await lost.close();
      }
    });

    test("SEC14 a certificate that nobody vouches for: 503 inside the deadline", async () => {
      const impostor = await fakeBetterAuth({ https: true });
      const lost = await start({ authUrl: impostor.url, deadlineMs });
      try {
        await assertUnavailable(lost, impostor.signIn());
        assert.equal(impostor.requests.length, 0, "the cookie was not sent");
      } finally {
        await lost.close();
        await impostor.close();
      }
    });

    test("only Better Auth's own words end a session: 200 null, and 401 with its codes", async () => {
      const words = [
        [200, "null"],
        [401, '{"code":"UNAUTHORIZED"}'],
        [401, '{"code":"FAILED_TO_GET_SESSION"}'],
        [401, '{"code":"session_invalid"}'],
      ] as const;
      for (const [status, body] of words) {
        await auth.fail((_, response) => void response.writeHead(status).end(body));
        assert.equal((await tasksOf(backend, ada)).status, 401, body);
      }
      await auth.recover();
      assert.equal((await tasksOf(backend, ada)).status, 200);
    });

    test("an answer in HTTP/1.0 that is whole counts", async () => {
      const answer = await fetch(`${auth.url}/get-session`, { headers: { cookie: ada.cookie } });
      const body = await answer.text();
      await auth.fail(({ socket }) => void socket.end(`HTTP/1.0 200 OK\r\n\r\n${body}`));
      assert.equal((await tasksOf(backend, ada)).status, 200);
      await auth.recover();
    });

    test("a backend that is closed leaves no connection behind", async () => {
      await auth.fail("no-answer");
      await assertUnavailable(backend, ada);
      await backend.close();
      while (auth.openConnections > 0) await setImmediate();
    });
  });
}

function tasksOf(backend: Backend, { user, cookie }: FakeSession): Promise<Response> {
  return fetch(`${backend.origin}/api/${user.id}/tasks`, { headers: { cookie } });
}

async function assertUnavailable(backend: Backend, session: FakeSession): Promise<void> {
  const startedAt = performance.now();
  const answer = await tasksOf(backend, session);
  const body = await answer.json();
  assert.ok(performance.now() - startedAt < deadlineMs + slackMs);
  assert.equal(answer.status, 503);
  assert.equal(body.error_code, "authority_unavailable");
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.deepEqual(answer.headers.getSetCookie(), []);
}
