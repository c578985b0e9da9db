import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveServiceKey } from "../packages/sallyport/src/better-auth.ts";
import type { CheckName } from "../packages/sallyport/test/measured-checks.ts";
import { LaunchError } from "../scripts/launch-error.ts";
import { startTestPostgres, type TestPostgres } from "../scripts/test-postgres.ts";
import { type BenchProcess, startProcess, stopProcesses } from "./bench-process.ts";
import { type LoadGenerator, startLoadGenerator } from "./load.ts";
import { secret, sessions } from "./sessions.ts";

const apiFile = new URL("../packages/sallyport/test/measured-api.ts", import.meta.url);
const authFile = new URL("../apps/web/test/measured-auth.ts", import.meta.url);
const stubFile = new URL("stub-server.ts", import.meta.url);
const gatewayFile = new URL("gateway-server.ts", import.meta.url);

export type StorageName = "PostgreSQL" | "PGlite";

interface ApiOptions {
  check: CheckName;
  storage: StorageName;
  /** Whether it keeps the times of its checks, which costs a little. */
  isTimed?: boolean;
  nodeOptions?: string[];
}

export interface System {
  load: LoadGenerator;
  auth: Record<StorageName, BenchProcess>;
  startApi(options: ApiOptions): Promise<BenchProcess>;
  /** In front of a backend. */
  startGateway(options: { storage: StorageName; backend: BenchProcess }): Promise<BenchProcess>;
}

/** Runs what is measured, each part a process of its own, and leaves nothing behind. */
export async function withSystem<Result>(
  use: (system: System) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  let postgres: Promise<TestPostgres> | undefined;
  async function startAndUse(): Promise<Result> {
    postgres = startTestPostgres();
    const { url } = await postgres;
    return use(await startSystem(folder, url));
  }
  try {
    return await Promise.race([interruption(), startAndUse()]);
  } finally {
    await stopProcesses();
    await (await postgres)?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startSystem(dataFolder: string, databaseUrl: string): Promise<System> {
  const startAuth = (options: { databaseUrl?: string }) =>
    startProcess(authFile, { ...options, dataFolder, secret, sessions });
  const auth = { PostgreSQL: await startAuth({ databaseUrl }), PGlite: await startAuth({}) };
  const stub = await startProcess(stubFile);
  const askingOf = (storage: StorageName) => ({
    authUrl: `http://127.0.0.1:${auth[storage].port}/api/auth`,
    serviceKey: deriveServiceKey(secret),
  });
  return {
    load: await startLoadGenerator(),
    auth,
    startApi: ({ check, storage, isTimed = false, nodeOptions = [] }) =>
      startProcess(
        apiFile,
        {
          check,
          isTimed,
          ...askingOf(storage),
          stubUrl: `http://127.0.0.1:${stub.port}`,
        },
        nodeOptions,
      ),
    startGateway: ({ storage, backend }) =>
      startProcess(gatewayFile, {
        ...askingOf(storage),
        upstreamUrl: `http://127.0.0.1:${backend.port}`,
      }),
  };
}

function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
    process.once(event, () => reject(new LaunchError("Interrupted.")));
  }
  return promise;
}
