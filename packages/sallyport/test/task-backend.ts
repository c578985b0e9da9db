import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener } from "node:http";
import * as z from "zod";

/**
 * A backend for tasks of each user, whole and by itself: what a careful author writes without
 * Sallyport. Its members can be replaced one by one, to break it in one way.
 */
export interface TaskBackend {
  /** Whose credential it is; undefined for nobody's. */
  identify(request: IncomingMessage): Promise<string | undefined>;
  /** The segments of the path; undefined for what is refused. */
  readPath(target: string): string[] | undefined;
  mayAct(userId: string, owner: string, target: string): boolean;
  /** The method that is served. */
  methodOf(request: IncomingMessage): string;
  /** Fields of a body; undefined for what is refused. */
  readBody(type: string, text: string): Record<string, unknown> | undefined;
  /** Whom a new task belongs to. */
  ownerOfNew(owner: string, fields: Record<string, unknown>): string;
  headers(request: IncomingMessage): Record<string, string>;
  /** What an error is answered with. */
  describe(error: unknown): string;
  /** For want of a credential. */
  refuse(): number;
}

interface Task {
  id: string;
  owner: string;
  title: string;
}

const session = z.object({ user: z.object({ id: z.string() }) });
const fields = z.record(z.string(), z.unknown());
const title = z.string().min(1).max(1_000);

export function soundBackend(authUrl: string): TaskBackend {
  return {
    async identify({ headers: { cookie = "" } }) {
      const answer = await fetch(`${authUrl}/get-session?disableCookieCache=true`, {
        headers: { cookie },
      });
      const parsed = session.safeParse(answer.ok ? await answer.json() : null);
      return parsed.success ? parsed.data.user.id : undefined;
    },
    readPath(target) {
      return /^(?:\/[\w-]+)+(?:\?.*)?$/.test(target)
        ? target.split("?", 1)[0]?.split("/").slice(1)
        : undefined;
    },
    mayAct: (userId, owner) => userId === owner,
    methodOf: ({ method = "" }) => method,
    readBody(type, text) {
      if (type !== "application/json") return undefined;
      const parsed = fields.safeParse(parseJson(text));
      return parsed.success ? parsed.data : undefined;
    },
    ownerOfNew: (owner) => owner,
    headers: () => ({ "cache-control": "no-store" }),
    describe: () => "something went wrong",
    refuse: () => 400,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Serves `/api/{user_id}/tasks` and `/api/{user_id}/tasks/{id}` out of memory. */
export function serveTasks(backend: TaskBackend): RequestListener {
  const tasks = new Map<string, Task>();

  async function answer(request: IncomingMessage): Promise<[status: number, body?: unknown]> {
    const { url = "", headers } = request;
    const path = backend.readPath(url);
    if (path === undefined) return [400];
    const method = backend.methodOf(request);
    if (method === "OPTIONS") return [204];
    const userId = await backend.identify(request);
    if (userId === undefined) return [backend.refuse()];
    const [api, owner = "", collection, id, ...more] = path;
    if (api !== "api" || collection !== "tasks" || more.length > 0) return [404];
    if (!backend.mayAct(userId, owner, url)) return [403];

    const of = (task: Task) => ({ id: task.id, title: task.title });
    if (id === undefined && (method === "GET" || method === "HEAD")) {
      return [200, [...tasks.values()].filter((task) => task.owner === owner).map(of)];
    }
    const task = id === undefined ? undefined : tasks.get(id);
    if (id !== undefined && task?.owner !== owner) return [404];
    if (task && (method === "GET" || method === "HEAD")) return [200, of(task)];
    if (task && method === "DELETE") return [tasks.delete(task.id) ? 204 : 404];
    const isCreation = !task && method === "POST";
    if (!isCreation && !(task && (method === "PUT" || method === "PATCH"))) return [405];

    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const given = backend.readBody(headers["content-type"] ?? "", text);
    const named = title.safeParse(given?.title);
    if (!given || !named.success) return [400];
    const written = task ?? {
      id: randomUUID(),
      owner: backend.ownerOfNew(owner, given),
      title: "",
    };
    written.title = named.data;
    tasks.set(written.id, written);
    return [task ? 200 : 201, of(written)];
  }

  return async (request, response) => {
    const headers = { "content-type": "application/json" };
    try {
      const [status, body] = await answer(request);
      const text = body === undefined ? "" : JSON.stringify(body);
      const length = { "content-length": String(Buffer.byteLength(text)) };
      response.writeHead(status, { ...headers, ...backend.headers(request), ...length });
      response.end(request.method === "HEAD" ? "" : text);
    } catch (error) {
      response.writeHead(500, headers).end(JSON.stringify({ error: backend.describe(error) }));
    }
  };
}
