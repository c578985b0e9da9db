import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";
import { interleaved, median, medianRatio } from "./interleaved.ts";
import { answersPerSecond } from "./load.ts";
import { mintToken } from "./tokens.ts";

const rounds = 15;
const roundMs = 400;
/** 50 connections that each ask a hundred times a second. */
const pauseMs = 10;
const warmUpMs = 1_000;
const checks = ["none", "sallyport", "sallyport with metrics", "fast-jwt", "jose"];
const serverFile = new URL("../packages/sallyport/test/measured-server.ts", import.meta.url);
const userId = "x7GkT0eHq2hQ4nZb1YpL9vRwS3uJcDfA";

const listening = z.object({ port: z.number() });
const cpuUsed = z.object({ cpuMs: z.number() });

interface Round {
  answersPerSecond: number;
  cpuMicrosecondsPerAnswer: number;
}

/** How much of a route's throughput is left when a token is checked before it? */
export async function protectedRoute(): Promise<void> {
  const servers: ChildProcess[] = [];
  try {
    const measurements = [];
    for (const check of checks) {
      const server = fork(serverFile, [check]);
      servers.push(server);
      measurements.push(await prepare(server));
    }
    report(await interleaved(measurements, rounds));
  } finally {
    for (const server of servers) server.kill();
  }
}

async function prepare(server: ChildProcess): Promise<() => Promise<Round>> {
  const [message]: unknown[] = await once(server, "message");
  const { port } = listening.parse(message);
  const load = {
    origin: new URL(`http://127.0.0.1:${port}`),
    path: `/api/${userId}/tasks`,
    // The route without a check gets the same bytes to read.
    headers: { authorization: `Bearer ${mintToken(userId)}` },
  };
  const cpuMs = async () => {
    server.send("how much CPU?");
    const [answer]: unknown[] = await once(server, "message");
    return cpuUsed.parse(answer).cpuMs;
  };
  await answersPerSecond({ ...load, durationMs: warmUpMs });
  return async () => {
    const unhurried = { ...load, durationMs: roundMs, pauseMs };
    const before = await cpuMs();
    const answers = ((await answersPerSecond(unhurried)) * roundMs) / 1_000;
    const cpuMicrosecondsPerAnswer = (((await cpuMs()) - before) * 1_000) / answers;
    return {
      answersPerSecond: await answersPerSecond({ ...load, durationMs: roundMs }),
      cpuMicrosecondsPerAnswer,
    };
  };
}

function report(results: Round[][]): void {
  const throughputs = results.map((of) => of.map((round) => round.answersPerSecond));
  const costs = results.map((of) => of.map((round) => round.cpuMicrosecondsPerAnswer));
  const [unchecked = []] = throughputs;
  const [cheapest = []] = costs;
  console.log("GET /api/{user_id}/tasks with a static answer: Hono, 50 connections.");
  console.log(`Medians of ${rounds} rounds of ${roundMs} ms that take turns:\n`);
  console.table(
    checks.map((check, index) => ({
      check,
      "answers per second": Math.round(median(throughputs[index] ?? [])),
      "of the route without one": percent(medianRatio(throughputs[index] ?? [], unchecked)),
      "CPU per answer at the same rate, µs": Math.round(median(costs[index] ?? [])),
      "capacity left by CPU": percent(medianRatio(cheapest, costs[index] ?? [])),
    })),
  );
  console.log("Target: sallyport keeps at least 60 %.");
  console.log(
    "The first ratio is unfair to every check: without one the client is what is slow, and",
  );
  console.log(
    "a client that never sleeps need not be woken, which is most of what an answer costs.\n",
  );
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
