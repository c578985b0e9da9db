import assert from "node:assert/strict";
import { test } from "node:test";
import { todayAt } from "./time-zone.ts";

const today = (value?: string) =>
  todayAt(new Date("2026-11-21T10:30:00Z"), { get: () => (value ? { value } : undefined) });

test("today is the day where the browser is, and UTC's if it tells nothing right", () => {
  assert.equal(today("Pacific/Auckland"), "2026-11-21");
  assert.equal(today("Pacific/Kiritimati"), "2026-11-22");
  assert.equal(today("Pacific/Pago_Pago"), "2026-11-20");
  for (const nonsense of [undefined, "Nowhere/Land", "UTC; x", "\0"]) {
    assert.equal(today(nonsense), "2026-11-21");
  }
});
