import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diagnose } from "../src/cli/doctor/diagnose.ts";
import type { Check } from "../src/cli/doctor/finding.ts";
import type { DoctorConfig } from "../src/cli/doctor/options.ts";
import { type SetUp, type SetUpOptions, startSetUp } from "./set-up.ts";

export interface Examined {
  how: string;
  setUp?: SetUpOptions;
  /** What the doctor is told, other than the truth. */
  told?: (setUp: SetUp) => Partial<DoctorConfig>;
}

export interface Broken extends Examined {
  /** The worst first; the finding itself alone, unless others come with it. */
  findings?: string[];
}

/** Says something of how busy this machine is, too. */
const slow = "look-ups-slow";

const running = new AbortController().signal;

export async function findingsOf({ setUp: options, told }: Examined) {
  const setUp = await startSetUp(options);
  try {
    const config = { ...setUp.config, ...told?.(setUp) };
    const { findings, unchecked } = await diagnose(config, running);
    const ids = findings.map(({ id }) => id);
    return { ids, withoutTimes: ids.filter((id) => id !== slow), findings, unchecked, setUp };
  } finally {
    await setUp.close();
  }
}

/** For each finding of a check set-ups that are broken in just that way; all findings, and no other. */
export function testFindings(
  { kinds }: Check,
  broken: Record<string, Broken[]>,
  { elsewhere = [] }: { elsewhere?: string[] } = {},
) {
  for (const [id, ways] of Object.entries(broken)) {
    describe(`the doctor finds ${id}`, () => {
      for (const way of ways) {
        test(`where ${way.how}, and nothing else`, async () => {
          const { ids, withoutTimes, findings } = await findingsOf(way);
          const found = id === slow ? ids : withoutTimes;
          assert.deepEqual(found, way.findings ?? [id], JSON.stringify(findings, undefined, 2));
        });
      }
    });
  }
  test("each finding of the check has a set-up that is broken in just that way", () => {
    const tested = [...Object.keys(broken), ...elsewhere];
    assert.deepEqual(tested.sort(), Object.keys(kinds).sort());
  });
}
