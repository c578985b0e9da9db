import type { AuthMode } from "@sallyport/server";
import * as z from "zod";
import {
  createDocument,
  type ZodOpenApiComponentsObject,
  type ZodOpenApiOperationObject,
} from "zod-openapi";
import { gone, json, refusal, retryAfter } from "./openapi-answers.ts";
import { completion, newTask, task, taskChanges, taskPage, taskQuery } from "./task.ts";

interface Mode {
  description: string;
  unauthenticated: string;
  forbidden: string;
  unavailable: string;
  schemeName: string;
  securityScheme: NonNullable<ZodOpenApiComponentsObject["securitySchemes"]>[string];
}

/** What the modes differ in. */
const modes: Record<AuthMode, Mode> = {
  session: {
    description: "Every request under /api is checked with Better Auth before anything else.",
    unauthenticated: "No valid session",
    forbidden: "Another user's path, or a change from a page of a foreign origin",
    unavailable: "The session cannot be checked, or the database does not answer",
    schemeName: "session",
    securityScheme: {
      type: "apiKey",
      in: "cookie",
      name: "better-auth.session_token",
      description: "Better Auth's session cookie; over https with __Secure- before its name.",
    },
  },
  jwt: {
    description: "Every request under /api carries a token, which is verified before all else.",
    unauthenticated: "No valid token",
    forbidden: "Another user's path",
    unavailable: "The database does not answer",
    schemeName: "token",
    securityScheme: {
      type: "http",
      scheme: "bearer",
      bearerFormat: "JWT",
      description: "From GET /api/auth/sallyport/token of the web app, with its session cookie.",
    },
  },
};

const missing = { 404: refusal("The caller has no such task") };
const invalid = { 422: refusal("A field or query parameter is wrong") };
const withBody = {
  413: refusal("The body is over 64 KB"),
  415: refusal("The body is not plain application/json"),
  ...invalid,
};

const owner = z.object({ user_id: z.string().meta({ description: "The caller's own id" }) });
const ownTask = owner.extend({ task_id: z.string().meta({ format: "uuid" }) });

const body = (schema: z.ZodType, required = true) => ({
  required,
  content: { "application/json": { schema } },
});

/** Describes the api as it is in this mode. */
export function createOpenapiDocument(mode: AuthMode) {
  const { description, unauthenticated, forbidden, unavailable, schemeName, securityScheme } =
    modes[mode];
  const security = [{ [schemeName]: [] }];
  /** Any request behind the guard may meet one of these. */
  const guarded = {
    400: refusal("The path, the body or the cursor cannot be read"),
    401: refusal(unauthenticated, { "WWW-Authenticate": z.string() }),
    403: refusal(forbidden),
    500: refusal("A bug"),
    503: refusal(unavailable, retryAfter),
  } satisfies ZodOpenApiOperationObject["responses"];

  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Sallyport task api",
      version: "1.0.0",
      description,
    },
    paths: {
      "/api/{user_id}/tasks": {
        get: {
          operationId: "listTasks",
          tags: ["tasks"],
          summary: "The caller's tasks, newest first",
          security,
          requestParams: { path: owner, query: taskQuery },
          responses: { 200: json("One page", taskPage), ...guarded, ...invalid },
        },
        post: {
          operationId: "createTask",
          tags: ["tasks"],
          summary: "Adds a task",
          security,
          requestParams: { path: owner },
          requestBody: body(newTask),
          responses: {
            201: json("The new task", task, { Location: z.string() }),
            ...guarded,
            ...withBody,
          },
        },
      },
      "/api/{user_id}/tasks/{task_id}": {
        get: {
          operationId: "getTask",
          tags: ["tasks"],
          summary: "One task",
          security,
          requestParams: { path: ownTask },
          responses: { 200: json("The task", task), ...guarded, ...missing },
        },
        put: {
          operationId: "replaceTask",
          tags: ["tasks"],
          summary: "Replaces a task; what is left out takes its default",
          security,
          requestParams: { path: ownTask },
          requestBody: body(newTask),
          responses: { 200: json("The task", task), ...guarded, ...missing, ...withBody },
        },
        patch: {
          operationId: "changeTask",
          tags: ["tasks"],
          summary: "Changes some fields of a task",
          security,
          requestParams: { path: ownTask },
          requestBody: body(taskChanges),
          responses: { 200: json("The task", task), ...guarded, ...missing, ...withBody },
        },
        delete: {
          operationId: "deleteTask",
          tags: ["tasks"],
          summary: "Deletes a task; for ten minutes it can be restored",
          security,
          requestParams: { path: ownTask },
          responses: { 204: gone, ...guarded, ...missing },
        },
      },
      "/api/{user_id}/tasks/{task_id}/complete": {
        patch: {
          operationId: "completeTask",
          tags: ["tasks"],
          summary: "Sets whether a task is completed; without a body, it is",
          security,
          requestParams: { path: ownTask },
          requestBody: body(completion, false),
          responses: { 200: json("The task", task), ...guarded, ...missing, ...withBody },
        },
      },
      "/api/{user_id}/tasks/{task_id}/restore": {
        post: {
          operationId: "restoreTask",
          tags: ["tasks"],
          summary:
            "Takes back a deletion of the last ten minutes; a task that is there stays as it is",
          security,
          requestParams: { path: ownTask },
          responses: { 200: json("The task as it was", task), ...guarded, ...missing },
        },
      },
      "/api/{user_id}": {
        delete: {
          operationId: "deleteUser",
          tags: ["tasks"],
          summary: "Deletes all that the api keeps of the caller, for good",
          security,
          requestParams: { path: owner },
          responses: { 204: gone, ...guarded },
        },
      },
      "/healthz": {
        get: {
          operationId: "isAlive",
          tags: ["service"],
          summary: "Whether the process answers",
          responses: { 200: json("It does", z.object({ status: z.literal("ok") })) },
        },
      },
      "/readyz": {
        get: {
          operationId: "isReady",
          tags: ["service"],
          summary: "Whether requests can be served",
          responses: {
            200: json("They can", readiness("ready")),
            503: json("The database is down, or the process is stopping", readiness("unready")),
          },
        },
      },
      "/openapi.json": {
        get: {
          operationId: "getContract",
          tags: ["service"],
          summary: "This document",
          responses: { 200: json("OpenAPI 3.1", z.looseObject({ openapi: z.string() })) },
        },
      },
    },
    components: {
      securitySchemes: { [schemeName]: securityScheme },
    },
  });
}

function readiness(status: "ready" | "unready") {
  return z.object({ status: z.literal(status), authority: z.enum(["ok", "unavailable"]) });
}
