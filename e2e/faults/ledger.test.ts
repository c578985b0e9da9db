import assert from "node:assert/strict";
import { test } from "node:test";
import { openLedger } from "./ledger.ts";

test("a ledger names what was acknowledged and is gone, and what is there twice", () => {
  const ledger = openLedger();
  ledger.enter("kept", 201);
  ledger.enter("gone", 201);
  ledger.enter("twice", 201);
  ledger.enter("refused", 503);
  ledger.enter("broken off, and written", "ECONNRESET");
  ledger.enter("broken off, and written twice", "ECONNRESET");
  const stored = ["kept", "twice", "twice", "broken off, and written", "somebody else's"];
  const again = ["broken off, and written twice", "broken off, and written twice"];
  assert.deepEqual(ledger.audit([...stored, ...again]), {
    lost: ["gone"],
    doubled: ["twice", "broken off, and written twice"],
    unacknowledged: ["broken off, and written", "broken off, and written twice"],
  });
});
