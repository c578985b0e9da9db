import type { AuthMode, Log } from "@sallyport/server";
import { isUnavailable } from "@sallyport/storage";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import type { Guard } from "sallyport";
import { protect } from "sallyport/hono";
import type { ApiEnv } from "./api-env.ts";
import { createOpenapiDocument } from "./openapi.ts";
import { refuse } from "./problem.ts";
import { requestLog } from "./request-log.ts";
import { docsRoutes } from "./routes/docs.ts";
import { healthRoutes } from "./routes/health.ts";
import { methodNotAllowed } from "./routes/method-not-allowed.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { userRoutes } from "./routes/user.ts";
import type { TaskRepository } from "./task-repository.ts";

export interface AppOptions {
  guard: Guard;
  tasks: TaskRepository;
  isReady: () => Promise<boolean>;
  authMode: AuthMode;
  /** Origins whose pages may call the api. */
  trustedOrigins: string[];
  log: Log;
}

export function createApp(options: AppOptions) {
  const { guard, tasks, isReady, authMode, trustedOrigins, log } = options;
  const openapiDocument = createOpenapiDocument(authMode);
  return new Hono<ApiEnv>()
    .use(requestId(), requestLog(log))
    .use(async (c, next) => {
      c.header("Cache-Control", "no-store");
      c.header("X-Content-Type-Options", "nosniff");
      await next();
    })
    .use(
      cors({
        origin: trustedOrigins,
        // A page sends its token in a header; its cookies are nothing to an api that takes tokens.
        credentials: authMode === "session",
        allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        allowHeaders: ["Content-Type", "Authorization", "X-Request-Id"],
        exposeHeaders: ["Retry-After", "WWW-Authenticate", "X-Request-Id", "Location"],
        maxAge: 7_200,
      }),
    )
    .use(
      "/api/:user_id/*",
      protect(guard, {
        owner: "user_id",
        onDenied: (failure, c) => c.set("failure", failure),
      }),
    )
    .route("/api/:user_id", userRoutes(tasks))
    .route("/api/:user_id/tasks", taskRoutes(tasks))
    .route("/", healthRoutes(guard, isReady))
    .route("/docs", docsRoutes())
    .get("/openapi.json", (c) => c.json(openapiDocument))
    .all("/openapi.json", methodNotAllowed("GET, HEAD"))
    .notFound((c) => refuse(c, "not_found"))
    .onError((cause, c) =>
      refuse(c, isUnavailable(cause) ? "storage_unavailable" : "internal_error", { cause }),
    );
}
