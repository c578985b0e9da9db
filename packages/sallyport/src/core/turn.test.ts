import assert from "node:assert/strict";
import { test } from "node:test";
import { afterTurn, endOfTurn } from "./turn.ts";

test("all who ask in one turn of the event loop are told at one moment, after it", async () => {
  const order: string[] = [];
  const told = ["first", "second"].map((name) => endOfTurn().then(() => order.push(name)));
  await Promise.resolve();
  assert.equal(order.length, 0, "promises alone do not end a turn");
  const next = new Promise<void>((resolve) => {
    afterTurn(() => {
      order.push("what was put off later");
      resolve();
    });
  });
  await Promise.all([...told, next]);
  assert.deepEqual(order, ["first", "second", "what was put off later"]);
});

test("a turn ends while a test's own clock stands still, and after it", async (t) => {
  t.mock.timers.enable();
  await endOfTurn();
  t.mock.timers.reset();
  await endOfTurn();
});
