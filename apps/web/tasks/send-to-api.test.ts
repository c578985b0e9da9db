import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { createAccessTokens } from "../auth/access-tokens.ts";
import { sendWithToken } from "./send-to-api.ts";
import { createTaskClient, type TaskClient } from "./task-client.ts";

interface Reply {
  status: number;
  body?: object;
}

const page = { tasks: [], next_cursor: null };
const listed = { ok: true, value: page };
const refused = (kind: string) => ({ ok: false, failure: { kind } });

describe("calls with a token", () => {
  /** The tokens that were given out, and how the next request for one is answered. */
  let issued: string[];
  let lifetimeSeconds: number;
  let tokenReply: () => Promise<Reply> | Reply;
  /** What the api was sent, and what it makes of a token. */
  let seen: IncomingHttpHeaders[];
  let accepts: (token: string) => boolean;

  let client: TaskClient;
  let authServer: Server;
  let api: Server;
  let tokenUrl: string;
  let apiUrl: string;

  before(async () => {
    authServer = createServer(async (_request, response) => {
      const { status, body } = await tokenReply();
      response.writeHead(status).end(JSON.stringify(body));
    });
    api = createServer((request, response) => {
      seen.push(request.headers);
      const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
      response.writeHead(accepts(token) ? 200 : 401).end(JSON.stringify(page));
    });
    tokenUrl = await listen(authServer);
    apiUrl = await listen(api);
  });
  after(() => {
    for (const server of [authServer, api]) {
      server.close();
      server.closeAllConnections();
    }
  });
  beforeEach(() => {
    issued = [];
    seen = [];
    lifetimeSeconds = 300;
    tokenReply = issue;
    accepts = (token) => issued.includes(token);
    const tokens = createAccessTokens(() => fetch(tokenUrl));
    client = createTaskClient({
      apiUrl,
      userId: "a",
      deadlineMs: 5_000,
      send: sendWithToken(tokens),
    });
  });

  function issue(): Reply {
    const access_token = `token-${issued.length + 1}`;
    issued.push(access_token);
    return {
      status: 200,
      body: { access_token, token_type: "Bearer", expires_in: lifetimeSeconds },
    };
  }

  it("carry it as Bearer, ask for it once, and keep it for the next call", async () => {
    assert.deepEqual(await client.list(), listed);
    assert.deepEqual(await client.list(), listed);
    assert.deepEqual(
      seen.map(({ authorization }) => authorization),
      ["Bearer token-1", "Bearer token-1"],
    );
    assert.ok(seen.every(({ cookie }) => cookie === undefined));
  });

  it("share one request for it, however many of them wait", async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => client.list()));
    assert.deepEqual(results, Array(20).fill(listed));
    assert.deepEqual(issued, ["token-1"]);
  });

  it("renew it before it runs out, and do not wait for that", async (t) => {
    await client.list();
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 269_000 });
    await client.list();
    assert.deepEqual(issued, ["token-1"]);
    t.mock.timers.setTime(Date.now() + 2_000);
    await client.list();
    assert.equal(seen.at(-1)?.authorization, "Bearer token-1", "what is left of it is good");
    while (seen.at(-1)?.authorization !== "Bearer token-2") await client.list();
    assert.deepEqual(issued, ["token-1", "token-2"]);
  });

  it("use what is left of it when it cannot be renewed, and are unavailable after that", async (t) => {
    await client.list();
    tokenReply = () => ({ status: 503 });
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 280_000 });
    assert.deepEqual(await client.list(), listed);
    t.mock.timers.setTime(Date.now() + 30_000);
    assert.deepEqual(await client.list(), refused("unavailable"));
    tokenReply = issue;
    assert.deepEqual(await client.list(), listed);
  });

  it("forget a renewal that is under way when its user leaves", async () => {
    const answers = [Promise.withResolvers<Response>(), Promise.withResolvers<Response>()];
    let requests = 0;
    const tokens = createAccessTokens(() => answers[requests++]?.promise ?? assert.fail());
    const asked = tokens.get();
    tokens.drop();
    const askedAnew = tokens.get();
    const token = (access_token: string) => Response.json({ access_token, expires_in: 300 });
    answers[0]?.resolve(token("of who has left"));
    assert.equal(await asked, undefined);
    answers[1]?.resolve(token("of who came"));
    assert.equal(await askedAnew, "of who came");
    assert.equal(await tokens.get(), "of who came");
  });

  it("renew a refused one once, all together, and go on", async () => {
    await client.list();
    accepts = (token) => token === "token-2";
    const results = await Promise.all(Array.from({ length: 10 }, () => client.list()));
    assert.deepEqual(results, Array(10).fill(listed));
    assert.deepEqual(issued, ["token-1", "token-2"]);
  });

  it("end as unauthenticated when the new one is refused too, with no third attempt", async () => {
    accepts = () => false;
    assert.deepEqual(await client.list(), refused("unauthenticated"));
    assert.equal(seen.length, 2);
    assert.deepEqual(issued, ["token-1", "token-2"]);
  });

  it("end as unauthenticated when there is no session, and are not sent", async () => {
    tokenReply = () => ({ status: 401 });
    assert.deepEqual(await client.list(), refused("unauthenticated"));
    assert.equal(seen.length, 0);
  });

  it("end as unauthenticated when the session has ended since", async () => {
    await client.list();
    accepts = () => false;
    tokenReply = () => ({ status: 401 });
    assert.deepEqual(await client.list(), refused("unauthenticated"));
    assert.equal(seen.length, 2);
  });

  for (const [what, reply] of [
    ["503", { status: 503 }],
    ["500", { status: 500 }],
    ["429", { status: 429 }],
    ["404", { status: 404 }],
    ["an answer that is no token", { status: 200, body: { token: "t" } }],
  ] as const) {
    it(`are unavailable, which is no sign-out, when the endpoint of tokens answers ${what}`, async () => {
      tokenReply = () => reply;
      assert.deepEqual(await client.list(), refused("unavailable"));
      tokenReply = issue;
      assert.deepEqual(await client.list(), listed);
    });
  }

  it("are unavailable when a refused one cannot be renewed", async () => {
    await client.list();
    accepts = () => false;
    tokenReply = () => ({ status: 503 });
    assert.deepEqual(await client.list(), refused("unavailable"));
  });

  it("ask anew after the token was dropped", async () => {
    const tokens = createAccessTokens(() => fetch(tokenUrl));
    assert.equal(await tokens.get(), "token-1");
    tokens.drop("another");
    assert.equal(await tokens.get(), "token-1");
    tokens.drop();
    assert.equal(await tokens.get(), "token-2");
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return `http://localhost:${address.port}`;
}
