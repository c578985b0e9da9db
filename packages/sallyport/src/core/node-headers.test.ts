import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { nodeHeaders } from "./node-headers.ts";

const wanted = ["authorization", "Cookie", "origin", "sec-fetch-site"];
const seen = ["Bearer a, Bearer b", "c=1; d=2", "https://a, https://b", null];

test("a header that came twice is seen twice, whatever Node makes of it", async () => {
  const server = createServer((request, response) => {
    response.end(JSON.stringify(wanted.map(nodeHeaders(request).get)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const headers = ["Host", "x", "Authorization", "Bearer a", "authorization", "Bearer b"];
  headers.push("Cookie", "c=1", "cookie", "d=2", "Origin", "https://a", "Origin", "https://b");
  const [answer] = await once(get({ host: "127.0.0.1", port, headers }), "response");
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk;
  assert.deepEqual(JSON.parse(text), seen);
  server.close();
});

test("HTTP/2 requests are read as well", async () => {
  const server = createHttp2Server((request, response) => {
    response.end(JSON.stringify(["cookie", "origin", ":path"].map(nodeHeaders(request).get)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":path": "/x", cookie: ["c=1", "d=2"], origin: "https://a" });
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  assert.deepEqual(JSON.parse(text), ["c=1; d=2", "https://a", "/x"]);
  session.close();
  server.close();
});
