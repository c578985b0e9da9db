import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeClaims } from "./access-token-claims.ts";

const rules = {
  issuer: "https://app.example.com",
  audience: "https://api.example.com",
  clockToleranceSeconds: 0,
  maxLifetimeSeconds: 900,
  requiresUid: true,
};

/** Seconds of the epoch; on the day that these tests play. */
function at(time: string): number {
  return Date.parse(`2026-02-26T${time}Z`) / 1000;
}

function judge(changes: object, time: string, changedRules: Partial<typeof rules> = {}) {
  const claims = {
    sub: "ada",
    uid: "ada",
    iss: rules.issuer,
    aud: rules.audience,
    iat: at("11:55:00"),
    exp: at("12:00:00"),
    ...changes,
  };
  const now = new Date(at(time) * 1000);
  const judged = judgeClaims(claims, { ...rules, ...changedRules }, now);
  return judged.ok ? "allowed" : judged.fault;
}

test("SEC8 a token counts until the instant of its exp, and no longer", () => {
  assert.equal(judge({}, "11:59:59.999"), "allowed");
  assert.equal(judge({}, "12:00:00"), "expired");
  assert.equal(judge({}, "12:00:01"), "expired");
});

test("SEC8 the tolerance moves that instant by its own length", () => {
  const tolerant = { clockToleranceSeconds: 5 };
  assert.equal(judge({}, "12:00:04.999", tolerant), "allowed");
  assert.equal(judge({}, "12:00:05", tolerant), "expired");
});

test("SEC8 a token counts from the instant of its iat and its nbf, the tolerance before them", () => {
  for (const claim of ["iat", "nbf"]) {
    const fault = claim === "iat" ? "issued_in_the_future" : "not_yet_valid";
    const changes = { [claim]: at("11:56:00") };
    assert.equal(judge(changes, "11:55:59.999"), fault);
    assert.equal(judge(changes, "11:56:00"), "allowed");
    assert.equal(judge(changes, "11:55:54.999", { clockToleranceSeconds: 5 }), fault);
    assert.equal(judge(changes, "11:55:55", { clockToleranceSeconds: 5 }), "allowed");
  }
});

test("SEC8 a lifetime counts up to its bound, whatever the tolerance", () => {
  const tolerant = { clockToleranceSeconds: 60 };
  assert.equal(judge({ exp: at("12:10:00") }, "12:00:00", tolerant), "allowed");
  assert.equal(judge({ exp: at("12:10:00") + 0.001 }, "12:00:00", tolerant), "lifetime");
  assert.equal(judge({ exp: at("11:55:00") }, "11:54:59", tolerant), "lifetime");
});

test("SEC9 without a rule for uid it may be absent, but never somebody else", () => {
  const asymmetric = { requiresUid: false };
  assert.equal(judge({ uid: undefined }, "11:59:00", asymmetric), "allowed");
  assert.equal(judge({ uid: "mallory" }, "11:59:00", asymmetric), "subject");
});
