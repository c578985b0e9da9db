import { once } from "node:events";
import { createLog } from "@sallyport/server";
import * as z from "zod";
import type { Auth } from "../auth/auth.ts";
import { readConfig } from "../config.ts";
import { clientAddressHeader } from "../http/trusted-headers.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { servePageless } from "./pageless-server.ts";

/**
 * A process for the benchmark: the web app without Next's pages, where the given sessions exist.
 * Asked to, it looks sessions up by itself, past HTTP.
 */
const DAY_MS = 24 * 60 * 60 * 1_000;

process.on("disconnect", () => process.exit());
const [options]: unknown[] = await once(process, "message");
const { databaseUrl, dataFolder, secret, sessions } = z
  .object({
    databaseUrl: z.string().optional(),
    dataFolder: z.string(),
    secret: z.string(),
    sessions: z.array(z.object({ userId: z.string(), token: z.string() })),
  })
  .parse(options);

const questionSchema = z.object({
  cookies: z.array(z.string()),
  atOnce: z.number(),
  leadInMs: z.number(),
  durationMs: z.number(),
});

const config = readConfig({
  BETTER_AUTH_SECRET: secret,
  DATA_DIR: dataFolder,
  ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
});
const log = createLog("web", "error");
const { auth, storage } = await createRuntime(config, log, clientAddressHeader);
await insertSessions();

const { port } = await servePageless({ config, auth, isReady: storage.isUp, log });
process.on("message", async (message) => {
  process.send?.(await lookUpInProcess(auth, questionSchema.parse(message)));
});
process.send?.({ port });

/** As if everybody had just signed in: no look-up finds a session that is due for a refresh. */
async function insertSessions(): Promise<void> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 7 * DAY_MS);
  const db = storage.db.withTables<{
    user: {
      id: string;
      name: string;
      email: string;
      emailVerified: boolean;
    };
    session: { id: string; userId: string; token: string; expiresAt: Date; updatedAt: Date };
  }>();
  await db
    .insertInto("user")
    .values(
      sessions.map(({ userId }, index) => ({
        id: userId,
        name: `User ${index}`,
        email: `user-${index}@example.com`,
        emailVerified: true,
      })),
    )
    .execute();
  await db
    .insertInto("session")
    .values(
      sessions.map(({ userId, token }, index) => ({
        id: `session-${index}`,
        userId,
        token,
        expiresAt,
        updatedAt: now,
      })),
    )
    .execute();
}

async function lookUpInProcess(
  { api }: Auth,
  { cookies, atOnce, leadInMs, durationMs }: z.infer<typeof questionSchema>,
) {
  const headers = cookies.map((cookie) => new Headers({ cookie }));
  const query = { disableCookieCache: true, disableRefresh: true };
  const latenciesMicroseconds: number[] = [];
  const countedFrom = performance.now() + leadInMs;
  let asked = 0;
  let answers = 0;
  let refused = 0;
  async function keepAsking(): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      if (startedAt >= countedFrom + durationMs) return;
      const answer = await api.getSession({
        headers: headers[asked++ % headers.length] ?? new Headers(),
        query,
      });
      if (answer === null) refused += 1;
      else answers += 1;
      const now = performance.now();
      if (now >= countedFrom && now < countedFrom + durationMs && answer !== null) {
        latenciesMicroseconds.push(Math.round((now - startedAt) * 1_000));
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, keepAsking));
  return { answers, refused, countedMs: durationMs, latenciesMicroseconds };
}
