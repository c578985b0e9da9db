import assert from "node:assert/strict";
import { test } from "node:test";
import { Unusable } from "./authority-answer.ts";
import { noBatches, readSessionsAnswer } from "./sessions-answer.ts";

const expiresAt = new Date(Date.now() + 60_000);
const session = { expiresAt: expiresAt.toISOString() };
const user = { id: "u1", email: "ada@example.com", name: "Ada" };
const found = { user, session };

/** The answer to two sessions. */
const read = (status: number, body: unknown) =>
  readSessionsAnswer(status, typeof body === "string" ? body : JSON.stringify(body), {
    batch: "this one",
    count: 2,
  });

test("each session is the user that Better Auth names, and when it ends, in the order asked", () => {
  const other = { ...found, user: { id: "u2", email: null, name: null } };
  assert.deepEqual(read(200, { results: [found, other] }), [
    {
      kind: "session",
      user: { userId: "u1", email: "ada@example.com", name: "Ada" },
      expiresAt,
    },
    { kind: "session", user: { userId: "u2", email: null, name: null }, expiresAt },
  ]);
});

test("null is no session, and says nothing of the others", () => {
  const answers = read(200, { results: [null, found] });
  assert.ok(Array.isArray(answers));
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ["none", "session"],
  );
});

test("SEC15 an expired session is no answer to trust, and says nothing of the others", () => {
  const expired = { user, session: { expiresAt: "2020-01-01T00:00:00.000Z" } };
  const answers = read(200, { results: [expired, found] });
  assert.ok(Array.isArray(answers));
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ["unusable", "session"],
  );
});

test("404 is a Better Auth that takes no batches, whatever it says", () => {
  for (const body of ["", "<html>", { results: [null, null] }]) {
    assert.equal(read(404, body), noBatches);
  }
});

test("401 is a service key that is not known, and nobody's sign-out", () => {
  for (const body of ["", { code: "UNAUTHORIZED" }, { error_code: "service_key_invalid" }]) {
    const answer = read(401, body);
    assert.ok(answer instanceof Unusable);
    assert.match(answer.reason, /service key/);
  }
});

test("SEC15 what another batch was answered is no answer to this one", () => {
  const answer = read(200, { batch: "another", results: [found, found] });
  assert.ok(answer instanceof Unusable);
  assert.match(answer.reason, /another batch/);
  assert.ok(Array.isArray(read(200, { batch: "this one", results: [found, found] })));
});

const unusable: [what: string, status: number, body: unknown][] = [
  ["301", 301, ""],
  ["201", 201, { results: [found, found] }],
  ["204", 204, ""],
  ["400", 400, { error_code: "malformed_request" }],
  ["403", 403, null],
  ["405", 405, null],
  ["413", 413, { error_code: "payload_too_large" }],
  ["429", 429, { message: "Too many requests" }],
  ["500", 500, { results: [null, null] }],
  ["503", 503, { error_code: "authority_unavailable" }],
  ["200 HTML", 200, "<!doctype html>"],
  ["200 with nothing", 200, ""],
  ["200 with half a body", 200, JSON.stringify({ results: [found, found] }).slice(0, -5)],
  ["200 null", 200, null],
  ["200 {}", 200, {}],
  ["200 with a bare list", 200, [found, found]],
  ["SEC15 no result", 200, { results: [] }],
  ["SEC15 one result too few", 200, { results: [found] }],
  ["SEC15 one result too many", 200, { results: [found, null, found] }],
  ["SEC15 no user", 200, { results: [found, { session }] }],
  ["SEC15 no user id", 200, { results: [found, { session, user: { ...user, id: "" } }] }],
  [
    "SEC15 a number for a user id",
    200,
    { results: [found, { session, user: { ...user, id: 1 } }] },
  ],
  ["SEC15 no expiry", 200, { results: [found, { user, session: {} }] }],
  [
    "SEC15 an expiry that is no date",
    200,
    { results: [found, { user, session: { expiresAt: "soon" } }] },
  ],
  ["SEC15 false for no session", 200, { results: [found, false] }],
];
for (const [what, status, body] of unusable) {
  test(`${what} is no answer to trust for any of the batch`, () => {
    assert.ok(read(status, body) instanceof Unusable);
  });
}
