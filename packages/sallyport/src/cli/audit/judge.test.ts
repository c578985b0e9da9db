import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Expectation, Outcome } from "./case.ts";
import { judge, type Observation } from "./judge.ts";

const untouched: Observation["effects"] = {
  victimChanged: false,
  attackerChanged: false,
  writtenTo: undefined,
};

function outcomeOf(
  expect: Expectation,
  { status, body = "", ...changes }: { status: number; body?: string } & Partial<Observation>,
): Outcome {
  return judge(expect, {
    method: "GET",
    answer: { status, headers: new Headers(), body },
    effects: untouched,
    canaries: { victim: ["the victim's"], attacker: ["the attacker's"] },
    anonymousIsRefused: true,
    listBytes: { victim: "90", attacker: "80" },
    ...changes,
  }).outcome;
}

describe("what proves something", () => {
  const refusals = [301, 400, 401, 403, 404, 405, 410, 414, 422, 431, 501];
  for (const expect of ["refused", "apart", "strict", "inert"] as const) {
    test(`any refusal will do, whatever its status (${expect})`, () => {
      for (const status of refusals) assert.equal(outcomeOf(expect, { status }), "pass");
    });

    test(`the victim's data in an answer is a break, also in a refusal (${expect})`, () => {
      for (const status of [200, 403, 500]) {
        assert.equal(outcomeOf(expect, { status, body: "[the victim's]" }), "fail");
      }
    });

    test(`what the victim sees changed is a break, whatever was answered (${expect})`, () => {
      for (const status of [204, 403, 500]) {
        const effects = { ...untouched, victimChanged: true };
        assert.equal(outcomeOf(expect, { status, effects }), "fail");
        const written = { ...untouched, writtenTo: "victim" as const };
        assert.equal(outcomeOf(expect, { status, effects: written }), "fail");
      }
    });

    test(`an error, a rate limit and silence prove nothing (${expect})`, () => {
      for (const status of [429, 500, 502, 503]) {
        assert.equal(outcomeOf(expect, { status }), "unclear");
      }
      assert.equal(outcomeOf(expect, { status: 0, answer: { silence: "closed" } }), "unclear");
    });
  }

  test("being let in without a credential is one only where nothing is let in otherwise", () => {
    assert.equal(outcomeOf("refused", { status: 200, body: "[]" }), "fail");
    const anonymousIsRefused = false;
    assert.equal(
      outcomeOf("refused", { status: 200, body: "<html>", anonymousIsRefused }),
      "unclear",
    );
    const body = "[the attacker's]";
    assert.equal(outcomeOf("refused", { status: 200, body, anonymousIsRefused }), "fail");
  });

  test("a backend that gives callers their own data at any path keeps users apart", () => {
    assert.equal(outcomeOf("apart", { status: 200, body: "[the attacker's]" }), "pass");
    const effects = { ...untouched, writtenTo: "attacker" as const };
    assert.equal(outcomeOf("apart", { status: 201, effects }), "pass");
  });

  test("a page for everybody, or an empty list, is not the other's data and no proof either", () => {
    assert.equal(outcomeOf("apart", { status: 200, body: "<html>" }), "unclear");
    assert.equal(outcomeOf("apart", { status: 200, body: "[]" }), "unclear");
    assert.equal(outcomeOf("apart", { status: 204, method: "OPTIONS" }), "pass");
  });

  test("HEAD tells by its length whose list it is about", () => {
    const head = (length: string) =>
      outcomeOf("apart", {
        status: 200,
        method: "HEAD",
        answer: { status: 200, headers: new Headers({ "content-length": length }), body: "" },
      });
    assert.deepEqual([head("90"), head("80"), head("2")], ["fail", "pass", "unclear"]);
  });

  test("a lenient reading of the own token is told and is no break", () => {
    assert.equal(outcomeOf("strict", { status: 200, body: "[the attacker's]" }), "unclear");
  });

  test("a GET that changes the caller's own data is a break", () => {
    const effects = { ...untouched, attackerChanged: true };
    assert.equal(outcomeOf("inert", { status: 200, effects }), "fail");
    assert.equal(outcomeOf("apart", { status: 200, body: "the attacker's", effects }), "pass");
  });

  test("a foreign page's form that writes is a break; its script is kept back by the preflight", () => {
    const effects = { ...untouched, writtenTo: "victim" as const };
    assert.equal(outcomeOf("foreign form", { status: 201, effects }), "fail");
    assert.equal(outcomeOf("foreign script", { status: 201, effects }), "unclear");
    assert.equal(outcomeOf("foreign form", { status: 200 }), "pass");
  });
});
