import assert from "node:assert/strict";
import { test } from "node:test";
import { readSessionAnswer } from "./session-answer.ts";

const token = "kO2bS0mE7oKeNkO2bS0mE7oKeNkO2bS0";
const expiresAt = new Date(Date.now() + 60_000);
const session = { token, userId: "u1", expiresAt: expiresAt.toISOString() };
const user = { id: "u1", email: "ada@example.com", name: "Ada" };
const kindOf = (status: number, body: unknown) =>
  readSessionAnswer(status, typeof body === "string" ? body : JSON.stringify(body), token).kind;

test("a session is the user that Better Auth names, and when it ends", () => {
  const answer = readSessionAnswer(200, JSON.stringify({ session, user }), token);
  assert.deepEqual(answer, {
    kind: "session",
    user: { userId: "u1", email: "ada@example.com", name: "Ada" },
    expiresAt,
  });
});

const none: [guarantee: string, status: number, body: unknown][] = [
  ["200 null", 200, null],
  ["401 UNAUTHORIZED", 401, { code: "UNAUTHORIZED" }],
  ["401 FAILED_TO_GET_SESSION", 401, { code: "FAILED_TO_GET_SESSION", message: "…" }],
  ["401 session_invalid", 401, { code: "session_invalid" }],
  ["a banned user", 200, { session, user: { ...user, banned: true } }],
];
for (const [what, status, body] of none) {
  test(`there is no session when Better Auth answers ${what}`, () => {
    assert.equal(kindOf(status, body), "none");
  });
}

const unusable: [what: string, status: number, body: unknown][] = [
  ["401 without its own code", 401, { error: "unauthorized" }],
  ["401 HTML", 401, "<html>"],
  ["403", 403, null],
  ["404", 404, null],
  ["429", 429, { message: "Too many requests" }],
  ["500 FAILED_TO_GET_SESSION", 500, { code: "FAILED_TO_GET_SESSION" }],
  ["301", 301, ""],
  ["204", 204, ""],
  ["206 null", 206, null],
  ["200 HTML", 200, "<!doctype html>"],
  ["200 with nothing", 200, ""],
  ["200 with half a body", 200, JSON.stringify({ session, user }).slice(0, -5)],
  ["200 {}", 200, {}],
  ["200 []", 200, []],
  ["200 false", 200, false],
  ["SEC15 no user id", 200, { session: { ...session, userId: "" }, user: { ...user, id: "" } }],
  [
    "SEC15 a number for a user id",
    200,
    { session: { ...session, userId: 1 }, user: { ...user, id: 1 } },
  ],
  ["SEC15 a session of another user", 200, { session, user: { ...user, id: "u2" } }],
  ["SEC15 another session's token", 200, { session: { ...session, token: "other" }, user }],
  [
    "SEC15 an expired session",
    200,
    { session: { ...session, expiresAt: "2020-01-01T00:00:00.000Z" }, user },
  ],
  ["SEC15 an expiry that is no date", 200, { session: { ...session, expiresAt: "soon" }, user }],
];
for (const [what, status, body] of unusable) {
  test(`${what} is no answer to trust`, () => {
    assert.equal(kindOf(status, body), "unusable");
  });
}
