import type { CheckName } from "../packages/sallyport/test/measured-checks.ts";
import type { BenchProcess } from "./bench-process.ts";
import { type Sample, sampleSchema } from "./sample.ts";
import { cookieOf, cookieRequests, sessions, tokenRequests } from "./sessions.ts";
import type { StorageName, System } from "./system.ts";

/** Numbers of connections. */
export const levels = [1, 10, 50, 200];

const leadInMs = 100;
const durationMs = 400;
/** Where answers are slow, 95 of 100 of them are still a number. */
const minAnswersPerConnection = 4;

export interface RowPlan {
  name: string;
  /** Without one: Better Auth asked in its own process, past HTTP. */
  check?: CheckName;
  /** Whether `sallyport gateway` stands in front of it. */
  isBehindGateway?: boolean;
  credential: "cookie" | "token";
  storage: StorageName;
  levels: readonly number[];
}

export const cookieCeiling = "no check, with a cookie";
export const tokenCeiling = "no check, with a token";

/** What is asked for nothing of Better Auth has no storage; it names one all the same. */
const cookie = { credential: "cookie", storage: "PostgreSQL", levels } as const;
const token = { credential: "token", storage: "PostgreSQL", levels } as const;

export const rowPlans: readonly RowPlan[] = [
  { ...cookie, name: "no middleware at all", check: "no middleware", levels: [50] },
  { ...cookie, name: cookieCeiling, check: "constant identity" },
  { ...cookie, name: "a bare call to a stub", check: "a bare call to a stub", levels: [1] },
  ...sessionRows("PostgreSQL"),
  {
    ...cookie,
    name: "session: sallyport gateway, batched (PostgreSQL)",
    check: "no middleware",
    isBehindGateway: true,
  },
  { ...token, name: tokenCeiling, check: "constant identity" },
  { ...token, name: "token: sallyport", check: "token: sallyport" },
  ...(
    [
      "token: sallyport with metrics",
      "token: fast-jwt",
      "token: jose",
      "token: hono/jwt",
      "token: @fastify/jwt",
      "token: express-oauth2-jwt-bearer",
    ] as const
  ).map((check) => ({ ...token, name: check, check, levels: [50] })),
  ...sessionRows("PGlite"),
];

function sessionRows(storage: StorageName): RowPlan[] {
  const rows: [string, CheckName?][] = [
    ["session: fetch", "session: fetch"],
    ["session: undici", "session: undici"],
    ["session: sallyport, one by one", "session: sallyport, one by one"],
    ["auth.api.getSession in process"],
    ["session: sallyport, batched", "session: sallyport, batched"],
  ];
  return rows.map(([name, check]) => ({
    ...cookie,
    name: `${name} (${storage})`,
    storage,
    ...(check === undefined ? { levels: [1, 50] } : { check }),
  }));
}

export interface Row extends RowPlan {
  api: BenchProcess | undefined;
  auth: BenchProcess;
  measure(connections: number): Promise<Sample>;
}

export async function startRow(system: System, plan: RowPlan): Promise<Row> {
  const { check, isBehindGateway = false, credential, storage } = plan;
  const auth = system.auth[storage];
  if (check === undefined) {
    const cookies = sessions.map(cookieOf);
    return {
      ...plan,
      auth,
      api: undefined,
      measure: (atOnce) => auth.ask({ cookies, atOnce, leadInMs, durationMs }, sampleSchema),
    };
  }
  const backend = await system.startApi({ check, storage });
  const api = isBehindGateway ? await system.startGateway({ storage, backend }) : backend;
  return {
    ...plan,
    auth,
    api,
    measure: (connections) =>
      system.load.run({
        port: api.port,
        requests: credential === "cookie" ? cookieRequests() : tokenRequests(),
        connections,
        leadInMs,
        durationMs,
        minAnswers: connections * minAnswersPerConnection,
      }),
  };
}
