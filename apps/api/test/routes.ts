import type { Sent } from "./api-server.ts";

/** Every route behind the guard with every method it offers, as a request that would succeed. */
export function everyRequest(userId: string, taskId: string): (Sent & { method: string })[] {
  const tasks = `/api/${userId}/tasks`;
  const task = `${tasks}/${taskId}`;
  return [
    { method: "GET", path: tasks },
    { method: "HEAD", path: tasks },
    { method: "POST", path: tasks, body: { title: "Intruder" } },
    { method: "GET", path: task },
    { method: "HEAD", path: task },
    { method: "PUT", path: task, body: { title: "Intruder" } },
    { method: "PATCH", path: task, body: { title: "Intruder" } },
    { method: "PATCH", path: `${task}/complete` },
    { method: "DELETE", path: task },
    { method: "POST", path: `${task}/restore` },
    { method: "DELETE", path: `/api/${userId}` },
  ];
}
