import { once } from "node:events";
import { createHttpServer } from "../http/http-server.ts";
import { createRequestListener, type Handlers } from "../http/request-listener.ts";

/** Listens as the web app does; in place of Next's pages stands an empty 404. */
export async function servePageless(
  handlers: Omit<Handlers, "pages">,
  limits?: Parameters<typeof createHttpServer>[2],
) {
  const server = createHttpServer(
    createRequestListener({
      ...handlers,
      pages: async (_request, response) => {
        response.writeHead(404).end();
      },
    }),
    () => false,
    limits,
  );
  server.listen(0, handlers.config.host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port to listen on");
  return { server, port: address.port };
}
