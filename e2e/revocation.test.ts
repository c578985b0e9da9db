import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as z from "zod";
import { password } from "./account.ts";
import { type Answer, call } from "./loopback-call.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";
import { type Session, type SessionChecks, startChecks } from "./session-checks.ts";
import { openUnsteadyWay, type UnsteadyWay } from "./unsteady-way.ts";

const clients = 64;
const lanes = 2;
const usersOfLane = 4;
const checksInAll = 10_000;
const checksBetween = 300;
/** What the api has been told is old by then: time for a revocation to overtake it. */
const answerDelayMs = 20;

const signedIn = z.object({ user: z.object({ id: z.string() }) });

let way: UnsteadyWay;
let system: TestSystem;
before(async () => {
  way = await openUnsteadyWay();
  way.delayAnswers(answerDelayMs);
  // Loopback in IPv4 has an address for each sign-in.
  const env = { HOST: "127.0.0.1", AUTH_INTERNAL_URL: way.origin, LOG_LEVEL: "warn" };
  system = await startTestSystem(env);
  way.leadTo(system.webUrl);
});
after(async () => {
  way.close();
  await system.stop();
});

let addresses = 0;

/** From an address of its own: Better Auth lets each one sign in three times in ten seconds. */
async function post(path: string, body: object, by?: Session): Promise<Answer> {
  addresses += 1;
  const answer = await call(`${system.webUrl}/api/auth${path}`, {
    localAddress: `127.1.${addresses >> 8}.${addresses & 255}`,
    headers: { origin: system.webUrl, ...(by && { cookie: by.cookie }) },
    body,
  });
  assert.equal(answer.status, 200, `POST ${path}: ${answer.text}`);
  return answer;
}

function sessionOf({ text, cookies }: Answer): Session {
  const cookie = cookies[0]?.split(";")[0];
  assert.ok(cookie);
  return { userId: signedIn.parse(JSON.parse(text)).user.id, cookie, state: "live" };
}

/** Signs in on several devices, and ends these sessions in each way that a user has. */
async function liveThrough(name: string, checks: SessionChecks): Promise<void> {
  const email = `${name}@example.com`;
  const pause = () => checks.untilChecked(checksBetween);
  const begin = (answer: Answer) => {
    const session = sessionOf(answer);
    checks.add(session);
    return session;
  };
  const signIn = async () => begin(await post("/sign-in/email", { email, password }));

  const own = begin(await post("/sign-up/email", { name, email, password }));
  const phone = await signIn();
  const laptop = await signIn();
  const tablet = await signIn();
  const desk = await signIn();
  await pause();
  await checks.revoke([phone], () => post("/sign-out", {}, phone));
  await pause();
  const [, token = ""] = /=(.+)\./.exec(laptop.cookie) ?? [];
  await checks.revoke([laptop], () => post("/revoke-session", { token }, own));
  await pause();
  await checks.revoke([tablet, desk], () => post("/revoke-other-sessions", {}, own));
  await pause();
  const other = await signIn();
  const change = { currentPassword: password, newPassword: password, revokeOtherSessions: true };
  begin(await checks.revoke([own, other], () => post("/change-password", change, own)));
}

test("SEC12 no request that starts after a revocation was acknowledged is let in, and no live session is refused", async (t) => {
  // A machine that is busy elsewhere makes a look-up miss its second: 503 is no answer, and no
  // sign-out.
  const checks = startChecks(system.apiUrl, { clients, outages: true });
  const liveOneByOne = async (lane: number) => {
    for (let user = 0; user < usersOfLane; user++) await liveThrough(`${lane}-${user}`, checks);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => liveOneByOne(lane)));
  await checks.untilChecked(checksInAll - checks.counts.checks);
  await checks.stop();

  const { counts, answers, wrongAnswers } = checks;
  const unanswered = answers.get(503) ?? 0;
  t.diagnostic(
    `${counts.checks} checks, ${unanswered} answers of 503 besides, ${counts.revocations} sessions revoked, ${counts.afterRevocation} checks after that, ${counts.ofLiveSessions} of live sessions`,
  );
  assert.deepEqual(wrongAnswers, []);
  assert.deepEqual(new Set(answers.keys()), new Set(unanswered > 0 ? [200, 401, 503] : [200, 401]));
  assert.ok(unanswered < checksInAll / 10);
  assert.ok(counts.checks >= checksInAll);
  assert.ok(counts.afterRevocation >= checksInAll / 10);
  assert.ok(counts.ofLiveSessions >= checksInAll / 10);
  const log = await readFile(join(system.logsFolder, "api.log"), "utf8");
  assert.ok(!log.includes("SALLYPORT_NO_BATCHES"), "they travelled in batches");
});
