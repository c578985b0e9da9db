import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./faults.ts";
import { type FaultySystem, startFaultySystem } from "./faulty-system.ts";
import { rollWhileVisited } from "./rolling-restart.ts";
import { runFault } from "./run-fault.ts";
import { complaintsAbout, summarise } from "./summary.ts";

// What takes long, and the rest of the faults: npm run faults, npm run rolling.
const requests = 1_000;
const timing = { lastsMs: 2_000, calmMs: 1_500 };
const cheap = [
  /^SIGKILL of all web instances/,
  /^SIGKILL of one backend of PostgreSQL/,
  /^The database refuses connections/,
  /^SIGKILL of Redis/,
];

let system: FaultySystem;
before(async () => {
  system = await startFaultySystem({ LOG_LEVEL: "warn" });
});
after(() => system.stop());

// That none fails at all is for a machine with a core to spare: npm run rolling.
test("a restart of every instance, one after the other, loses and doubles no acknowledged write", async (t) => {
  const { failed, lost, doubled, ...figures } = await rollWhileVisited(system, requests);
  t.diagnostic(JSON.stringify({ ...figures, failed: failed.length }));
  assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
  assert.ok(figures.requests >= requests);
});

for (const name of cheap) {
  test(`SEC14 nobody is told worse than 503, and no acknowledged task is lost: ${name.source.slice(1)}`, async (t) => {
    const fault = faults.find((one) => name.test(one.name));
    assert.ok(fault);
    const finding = await runFault(system, fault, timing);
    t.diagnostic(JSON.stringify(summarise(finding)));
    assert.deepEqual(complaintsAbout(finding), []);
    assert.ok(finding.acknowledged > 0);
  });
}
