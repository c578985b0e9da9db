import assert from "node:assert/strict";
import { task } from "../src/task.ts";
import type { ApiServer } from "./api-server.ts";
import type { SignedUp } from "./auth-server.ts";

/** Creates a task over HTTP and says its id. */
export async function createTask(api: ApiServer, user: SignedUp, body: object): Promise<string> {
  const answer = await api.as(user, { method: "POST", path: `/api/${user.userId}/tasks`, body });
  assert.equal(answer.status, 201, answer.text);
  return task.parse(answer.json).id;
}
