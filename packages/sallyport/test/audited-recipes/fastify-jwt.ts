import jwt from "@fastify/jwt";
import fastify from "fastify";
import { createTaskStore, type Surroundings } from "./task-store.ts";

interface Path {
  Params: { user_id: string; id: string };
}

export async function fastifyJwt({ secret }: Surroundings) {
  const tasks = createTaskStore();
  const app = fastify();
  await app.register(jwt, { secret });
  app.addHook<Path>("onRequest", async (request, reply) => {
    const { sub } = await request.jwtVerify<{ sub: string }>();
    if (sub !== request.params.user_id) return reply.code(403).send({ error: "Forbidden" });
  });
  app.get<Path>("/api/:user_id/tasks", ({ params }) => tasks.list(params.user_id));
  app.post<Path>("/api/:user_id/tasks", ({ params, body }, reply) => {
    const task = tasks.write(params.user_id, body);
    return reply.code(task ? 201 : 400).send(task ?? { error: "Bad request" });
  });
  app.get<Path>("/api/:user_id/tasks/:id", ({ params: { user_id, id } }, reply) => {
    const task = tasks.find(user_id, id);
    return reply.code(task ? 200 : 404).send(task ?? { error: "Not found" });
  });
  app.put<Path>("/api/:user_id/tasks/:id", ({ params: { user_id, id }, body }, reply) => {
    const task = tasks.find(user_id, id) && tasks.write(user_id, body, id);
    return reply.code(task ? 200 : 404).send(task ?? { error: "Not found" });
  });
  app.delete<Path>("/api/:user_id/tasks/:id", ({ params: { user_id, id } }, reply) =>
    reply.code(tasks.remove(user_id, id) ? 204 : 404).send(),
  );
  await app.ready();
  return app.routing;
}
