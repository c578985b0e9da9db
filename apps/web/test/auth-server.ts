import type { ConnectionLimits } from "@sallyport/server";
import { createPostgres, linkDatabase } from "@sallyport/storage/testing";
import { readConfig } from "../config.ts";
import { clientAddressHeader } from "../http/trusted-headers.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { exchange, type Sent } from "./exchange.ts";
import { servePageless } from "./pageless-server.ts";
import { createRecordedLog } from "./recorded-log.ts";

export const secret = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
export const password = "correct horse battery";

/** The web app over a real socket, on PostgreSQL; in place of Next's pages stands an empty 404. */
export async function startAuthServer(
  variables: Record<string, string> = {},
  limits?: ConnectionLimits,
) {
  const database = await createPostgres();
  const link = await linkDatabase(database);
  const config = readConfig({
    BETTER_AUTH_SECRET: secret,
    DATABASE_URL: link.databaseUrl,
    ...variables,
  });
  const { log, lines: logLines, untilLogged } = createRecordedLog();
  const runtime = await createRuntime(config, log, clientAddressHeader);
  const { auth, storage } = runtime;
  const { server, port } = await servePageless(
    { config, auth, isReady: storage.isUp, log },
    limits,
  );
  const origin = config.publicUrl;
  const send = (sent: Sent) => exchange(port, sent);

  return {
    port,
    origin,
    config,
    auth,
    storage,
    logLines,
    untilLogged,
    link,
    send,
    /** As a page of the app sends it. */
    post: (path: string, body: object, headers: Sent["headers"] = {}) =>
      send({ method: "POST", path: `/api/auth${path}`, headers: { origin, ...headers }, body }),
    getSession: (headers: Sent["headers"] = {}) => send({ path: "/api/auth/get-session", headers }),
    /** Past HTTP, and so past the rate limit: the way to the state a test begins with. */
    async signUp(name: string) {
      const { headers, response } = await auth.api.signUpEmail({
        body: { name, email: `${name}@example.com`, password },
        returnHeaders: true,
      });
      const [cookie = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
      return { userId: response.user.id, cookie };
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await runtime.close();
      await link.close();
      await database.drop();
    },
  };
}

export type AuthServer = Awaited<ReturnType<typeof startAuthServer>>;
