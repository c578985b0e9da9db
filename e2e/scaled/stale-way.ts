import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";

interface LookUp {
  status: number;
  body: string;
}

/**
 * Between the api and Better Auth, answers to look-ups of a session that are kept for a time: the
 * fault that the checker has to find. It knows no batches, as a deployment without the plugin.
 */
export async function openStaleWay(keptMs: number) {
  let authUrl: string | undefined;
  const kept = new Map<string, Promise<LookUp>>();

  async function lookUp(path: string, headers: Record<string, string>): Promise<LookUp> {
    const answer = await fetch(`${authUrl}${path}`, { headers });
    return { status: answer.status, body: await answer.text() };
  }

  function lookUpSeldom(path: string, cookie: string, key: string): Promise<LookUp> {
    const known = kept.get(cookie);
    if (known !== undefined) return known;
    const answer = lookUp(path, { cookie, "x-sallyport-key": key });
    kept.set(cookie, answer);
    const forget = () => kept.delete(cookie);
    answer.then(() => setTimeout(keptMs).then(forget), forget);
    return answer;
  }

  const server = createServer(async ({ url, headers }, response) => {
    const { cookie, "x-sallyport-key": key } = headers;
    if (!url || !cookie || typeof key !== "string") {
      response.writeHead(404).end();
      return;
    }
    try {
      const { status, body } = await lookUpSeldom(url, cookie, key);
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    } catch {
      response.destroy();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  return {
    url: `http://127.0.0.1:${address.port}`,
    leadTo(url: string): void {
      authUrl = url;
    },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
