import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { type AuthMode, createLog } from "@sallyport/server";
import { openStorage, type Storage } from "@sallyport/storage";
import { createPostgres, type DatabaseLink, linkDatabase } from "@sallyport/storage/testing";
import { betterAuthSession, createGuard, type Guard } from "sallyport";
import { jwt } from "sallyport/jwt";
import { createApp } from "../src/app.ts";
import { createHttpServer } from "../src/http-server.ts";
import { migrations } from "../src/migrations.ts";
import { createTaskRepository, type TaskDatabase } from "../src/task-repository.ts";
import { type AuthServer, type SignedUp, startAuthServer } from "./auth-server.ts";
import { assertDocumented } from "./contract.ts";
import { listen } from "./listen.ts";

export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  /** Text as it is; anything else as JSON, with its content type. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
}

export interface ApiServer {
  port: number;
  auth: AuthServer;
  guard: Guard;
  storage: Storage<TaskDatabase>;
  /** The way to the database. */
  link: DatabaseLink;
  /** Every line logged so far. */
  logLines: string[];
  /** Sends exactly this, and holds the answer against the OpenAPI document. */
  send(sent: Sent): Promise<Answer>;
  /** Sends it with the user's session cookie, or a token for it. */
  as(user: SignedUp, sent: Sent): Promise<Answer>;
  /** Every task of everyone, to see that nothing changed. */
  allTasks(): Promise<{ user_id: string }[]>;
  stop(): Promise<void>;
}

export const webOrigin = "http://web.example";
export const apiOrigin = "http://api.example";

/** The whole api over a real socket, on PostgreSQL, in front of a real Better Auth. */
export async function startApiServer(authMode: AuthMode = "session"): Promise<ApiServer> {
  const auth = await startAuthServer(apiOrigin);
  const database = await createPostgres();
  const link = await linkDatabase(database);
  const storage = await openStorage<TaskDatabase>({
    databaseUrl: link.databaseUrl,
    dataFolder: database.dataFolder,
    schema: "tasks",
    migrations,
  });
  const session = betterAuthSession({
    url: `${auth.url}/api/auth`,
    trustedOrigins: [webOrigin, apiOrigin],
    serviceKey: auth.serviceKey,
    realm: "tasks",
    // A test machine that is busy is no outage.
    deadlineMs: 5_000,
  });
  const token = jwt({
    secret: auth.secret,
    issuer: auth.url,
    audience: apiOrigin,
    realm: "tasks",
  });
  const guard = createGuard({ schemes: [authMode === "jwt" ? token : session] });
  const logLines: string[] = [];
  const log = createLog("api", "info", { write: (line) => logLines.push(line) });
  const app = createApp({
    guard,
    tasks: createTaskRepository(storage.db),
    isReady: storage.isUp,
    authMode,
    trustedOrigins: [webOrigin],
    log,
  });
  const server = createHttpServer(app.fetch, log);
  const port = await listen(server);

  async function send(sent: Sent): Promise<Answer> {
    const answer = await exchange(port, sent);
    assertDocumented(sent, answer);
    return answer;
  }

  return {
    port,
    auth,
    guard,
    storage,
    link,
    logLines,
    send,
    async as(user, sent) {
      const credential =
        authMode === "jwt"
          ? { authorization: `Bearer ${await auth.issueToken(user)}` }
          : { cookie: user.cookie };
      return send({ ...sent, headers: { ...credential, ...sent.headers } });
    },
    allTasks: () => storage.db.selectFrom("task").selectAll().orderBy("id").execute(),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      await guard.close();
      await auth.stop();
      await storage.close();
      await link.close();
      await database.drop();
    },
  };
}

async function exchange(port: number, { method = "GET", path, headers, body }: Sent) {
  const isText = typeof body === "string";
  const outgoing = request({
    host: "localhost",
    port,
    method,
    path,
    agent: false,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
  });
  outgoing.end(body === undefined || isText ? body : JSON.stringify(body));
  const [incoming] = await once(outgoing, "response");
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  const answer: Answer = {
    status: incoming.statusCode,
    headers: incoming.headers,
    text,
    json:
      /json/.test(incoming.headers["content-type"] ?? "") && text ? JSON.parse(text) : undefined,
  };
  return answer;
}
