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
import { type Mode, modes, noSession, serviceKeyFor } from "./guarded-fake.ts";

const deadlineMs = 400;
/** The deadline's own figures are the benchmark's: a busy machine is no failure here. */
const slackMs = 1_000;

const paths = { single: "/get-session?", batched: "/sallyport/sessions" } satisfies Record<
  Mode,
  string
>;
const words = {
  single: [
    [200, noSession.single],
    [401, '{"code":"UNAUTHORIZED"}'],
    [401, '{"code":"FAILED_TO_GET_SESSION"}'],
    [401, '{"code":"session_invalid"}'],
  ],
  batched: [[200, noSession.batched]],
} satisfies Record<Mode, [status: number, body: string][]>;

/** Every way in which the authority fails, met by a backend in a framework, over real sockets. */
export function outageLab(framework: string, start: StartBackend) {
  for (const mode of modes) {
    describe(`${framework} survives whatever the authority does, ${mode} look-ups`, () => {
      let auth: FakeBetterAuth;
      let backend: Backend;
      let ada: FakeSession;

      async function startAt(to: FakeBetterAuth, authUrl = to.url): Promise<Backend> {
        const started = await start({ authUrl, deadlineMs, serviceKey: serviceKeyFor(mode, to) });
        // What a framework loads with the first request is no part of a look-up's time.
        await fetch(`${started.origin}/api/somebody/tasks`);
        return started;
      }
      before(async () => {
        auth = await fakeBetterAuth();
        ada = auth.signIn();
        backend = await startAt(auth);
      });
      after(() => auth.close());

      for (const fault of faults) {
        test(`SEC14 ${fault}: 503 inside the deadline, and the next good answer counts`, async () => {
          await auth.fail(fault);
          await assertUnavailable(backend, ada);
          await auth.recover();
          assert.equal((await tasksOf(backend, ada)).status, 200);
          const [, path] = auth.requests.at(-1)?.url.split("/api/auth") ?? [];
          // For a minute it counts as one that has no batches.
          if (mode === "batched" && fault === "status-404") {
            assert.ok(path?.startsWith(paths.single));
            await backend.close();
            backend = await startAt(auth);
          } else assert.ok(path?.startsWith(paths[mode]), path);
        });
      }

      test("SEC14 a name that does not resolve: 503 inside the deadline", async () => {
        const lost = await startAt(auth, unresolvableUrl);
        try {
          await assertUnavailable(lost, ada);
        } finally {
          await lost.close();
        }
      });

      test("SEC14 a certificate that nobody vouches for: 503 inside the deadline", async () => {
        const impostor = await fakeBetterAuth({ https: true });
        const lost = await startAt(impostor);
        try {
          await assertUnavailable(lost, impostor.signIn());
          assert.equal(impostor.requests.length, 0, "the cookie was not sent");
        } finally {
          await lost.close();
          await impostor.close();
        }
      });

      test(`only Better Auth's own words end a session: ${words[mode].join(" or ")}`, async () => {
        for (const [status, body] of words[mode]) {
          await auth.fail((_, response) => void response.writeHead(status).end(body));
          assert.equal((await tasksOf(backend, ada)).status, 401, body);
        }
        await auth.recover();
        assert.equal((await tasksOf(backend, ada)).status, 200);
      });

      test("an answer in HTTP/1.0 that is whole counts", async () => {
        const session = { expiresAt: new Date(Date.now() + 60_000) };
        const body =
          mode === "batched"
            ? JSON.stringify({ results: [{ user: ada.user, session }] })
            : await answerFor(auth, ada);
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
}

async function answerFor({ url }: FakeBetterAuth, { cookie }: FakeSession): Promise<string> {
  const answer = await fetch(`${url}/get-session`, { headers: { cookie } });
  return answer.text();
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
