import { setTimeout } from "node:timers/promises";
import { type SessionChecks, startChecks } from "../session-checks.ts";
import { openUnsteadyWay, type UnsteadyWay } from "../unsteady-way.ts";
import { live, NotAcknowledged, type RevocationKind } from "./account-life.ts";
import { type Breakage, keepBreaking } from "./breakage.ts";
import { randomNumbers } from "./random.ts";
import { openStaleWay } from "./stale-way.ts";
import { count, type Tally } from "./tally.ts";
import { startTopology, type Topology } from "./topology.ts";

const clients = 48;
const lanes = 3;
const checksBetween = 60;
/** What the api has been told is old by then: time for a revocation to overtake it. */
const answerDelayMs = 20;
/** How long the fault that is put in keeps an answer. */
const keptMs = 50;

export interface RunOptions {
  /** `stale` puts a cache between the api and Better Auth. */
  lookUps: "batched" | "one by one" | "stale";
  breaks: boolean;
  checks: number;
  seed: number;
}

export interface RunResult extends RunOptions {
  counts: SessionChecks["counts"];
  answers: SessionChecks["answers"];
  wrongAnswers: string[];
  revoked: Tally<RevocationKind>;
  broken: Tally<Breakage>;
  /** What users asked for and nobody acknowledged, how often. */
  unacknowledged: Tally<string>;
  tookMs: number;
}

/** Checks against a topology of its own while users sign in and are signed out in every way. */
export async function runRevocations(options: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const way = await openUnsteadyWay();
  way.delayAnswers(answerDelayMs);
  const closing: (() => void)[] = [way.close];
  try {
    const topology = await startOn(options, way, closing);
    try {
      const result = await run(options, topology);
      return { ...options, ...result, tookMs: performance.now() - startedAt };
    } finally {
      await topology.stop();
    }
  } finally {
    for (const close of closing) close();
  }
}

async function startOn(
  { lookUps }: RunOptions,
  way: UnsteadyWay,
  closing: (() => void)[],
): Promise<Topology> {
  const stale = lookUps === "stale" ? await openStaleWay(keptMs) : undefined;
  if (stale) closing.push(stale.close);
  return startTopology({
    env: { LOG_LEVEL: "warn" },
    authUrl({ origin, internalUrl }) {
      // The public address does not have the endpoint for batches.
      const address = way.leadTo(lookUps === "batched" ? internalUrl : origin);
      stale?.leadTo(new URL(address).origin);
      return stale?.url ?? address;
    },
  });
}

async function run({ breaks, checks: wanted, seed }: RunOptions, topology: Topology) {
  const random = randomNumbers(seed);
  const revoked: Tally<RevocationKind> = new Map();
  const broken: Tally<Breakage> = new Map();
  const unacknowledged: Tally<string> = new Map();
  const checks = startChecks(topology.apiUrl, { clients, outages: true });
  const databaseUrl = topology.postgres.url;
  const life = { origin: topology.origin, databaseUrl, checks, revoked, random, checksBetween };

  async function liveOneByOne(lane: number): Promise<void> {
    for (let user = 0; checks.counts.checks < wanted; user++) {
      try {
        await live(`${lane}-${user}@example.com`, life);
      } catch (error) {
        if (!(error instanceof NotAcknowledged)) throw error;
        count(unacknowledged, error.message);
        await setTimeout(200);
      }
    }
  }

  const over = new AbortController();
  const breaking = breaks
    ? keepBreaking(topology, { random, broken, signal: over.signal })
    : undefined;
  try {
    await Promise.all(Array.from({ length: lanes }, (_, lane) => liveOneByOne(lane)));
  } finally {
    over.abort();
    await breaking;
    await checks.stop();
  }
  const { counts, answers, wrongAnswers } = checks;
  return { counts, answers, wrongAnswers, revoked, broken, unacknowledged };
}
