import { cookies } from "next/headers";
import { sharedRuntime } from "../runtime/global-runtime.ts";
import type { TaskPage } from "./task.ts";
import { createTaskClient, type TaskResult } from "./task-client.ts";

/** Asks the api, server to server, with nothing of the request but its session cookie. */
export async function readFirstPage(apiUrl: string, userId: string): Promise<TaskResult<TaskPage>> {
  const { auth } = await sharedRuntime();
  const { name } = (await auth.$context).authCookies.sessionToken;
  const value = (await cookies()).get(name)?.value ?? "";
  const client = createTaskClient({
    apiUrl,
    userId,
    deadlineMs: 2_000,
    cookie: `${name}=${encodeURIComponent(value)}`,
  });
  return client.list("all");
}
