import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";
import { exchange } from "../test/exchange.ts";
import { clientAddressHeader, trustOnly } from "./trusted-headers.ts";

const thisMachine = "127.0.0.0/8,::1";
let accounts = 0;

/** A wrong password, for an account of its own each time: only the address is counted. */
const guess = (server: AuthServer, headers: Record<string, string | string[]>) =>
  server.post(
    "/sign-in/email",
    { email: `nobody-${accounts++}@example.com`, password: "wrong" },
    headers,
  );

async function statusesOf(attempts: number, attempt: (index: number) => ReturnType<typeof guess>) {
  const statuses: number[] = [];
  for (let index = 0; index < attempts; index++) statuses.push((await attempt(index)).status);
  return statuses;
}

describe("sign-in limits behind a trusted proxy", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer({ TRUSTED_PROXIES: `${thisMachine},10.0.0.0/8` });
  });
  after(() => server.stop());

  it("SEC16 count each client by itself, and say in seconds when to come back", async () => {
    const from = (address: string) => () => guess(server, { "x-forwarded-for": address });
    assert.deepEqual(await statusesOf(4, from("203.0.113.7")), [401, 401, 401, 429]);
    assert.deepEqual(await statusesOf(1, from("203.0.113.8")), [401]);
    const { headers } = await from("203.0.113.7")();
    assert.match(headers["retry-after"] ?? "", /^[1-9]\d*$/);
    assert.equal(headers["retry-after"], headers["x-retry-after"]);
  });

  const forgeries: Record<
    string,
    (forged: string, own: string) => Record<string, string | string[]>
  > = {
    "an address in front": (forged, own) => ({ "x-forwarded-for": `${forged}, ${own}` }),
    "a header line of its own": (forged, own) => ({ "x-forwarded-for": [forged, own] }),
    "the address of a trusted proxy in front": (forged, own) => ({
      "x-forwarded-for": `${forged}, 10.1.2.3, ${own}, 10.0.0.1`,
    }),
    "other headers": (forged, own) => ({
      "x-forwarded-for": own,
      "x-client-address": forged,
      "x-real-ip": forged,
      "true-client-ip": forged,
      "cf-connecting-ip": forged,
      forwarded: `for=${forged}`,
    }),
    "what is no address": (forged, own) => ({ "x-forwarded-for": `${forged}:80, unknown, ${own}` }),
  };
  for (const [index, [what, forge]] of Object.entries(forgeries).entries()) {
    it(`SEC16 SEC21 are not escaped by ${what}`, async () => {
      const statuses = await statusesOf(5, (attempt) =>
        guess(server, forge(`198.51.100.${attempt}`, `203.0.113.${20 + index}`)),
      );
      assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
    });
  }

  it("SEC16 SEC21 are not escaped by so many headers that the proxy's own is the last of thousands", async () => {
    const body = JSON.stringify({ email: "nobody@example.com", password: "wrong" });
    async function attempt(forged: string): Promise<string> {
      const socket = connect(server.port, "localhost");
      socket.write(
        `POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\nX-Forwarded-For: ${forged}\r\n${"a:\r\n".repeat(2_500)}X-Forwarded-For: 203.0.113.30\r\n\r\n${body}`,
      );
      const [answer] = await once(socket.setEncoding("utf8"), "data");
      socket.destroy();
      return String(answer).slice(9, 12);
    }
    const statuses: string[] = [];
    for (let index = 0; index < 4; index++) statuses.push(await attempt(`198.51.100.${index}`));
    assert.deepEqual(statuses, ["401", "401", "401", "429"]);
  });

  it("the session remembers the client's address, and not the proxy's", async () => {
    await server.post(
      "/sign-up/email",
      { name: "Bob", email: "bob@example.com", password },
      { "x-forwarded-for": "203.0.113.99" },
    );
    const db = server.storage.db.withTables<{ session: { ipAddress: string | null } }>();
    const rows = await db.selectFrom("session").select("ipAddress").execute();
    assert.deepEqual(rows, [{ ipAddress: "203.0.113.99" }]);
  });
});

describe("sign-in limits with a proxy configured that this caller is not", () => {
  it("SEC16 SEC21 are not escaped by claiming to forward for others", async () => {
    const server = await startAuthServer({ TRUSTED_PROXIES: "10.0.0.0/8" });
    const statuses = await statusesOf(5, (attempt) =>
      guess(server, { "x-forwarded-for": `203.0.113.${attempt}, 10.0.0.1` }),
    );
    assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
    await server.stop();
  });
});

describe("the client's address", () => {
  let server: Server;
  afterEach(async () => {
    server.close();
    await once(server, "close");
  });

  /** As a server that trusts these proxies reads it, from a caller at 127.0.0.1. */
  async function read(proxies: string[], headers: Record<string, string>) {
    const dropForgedHeaders = trustOnly(proxies);
    server = createServer((request, response) => {
      dropForgedHeaders(request);
      response.end(JSON.stringify(request.headers));
    });
    // The socket's address has two spellings: this one, and ::ffff:127.0.0.1 on a socket for both.
    server.listen(0, "::");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    return JSON.parse((await exchange(address.port, { path: "/", headers })).text);
  }

  const chain = "198.51.100.1, 203.0.113.7, 2001:db8::9, 10.0.0.2";
  const cases: [proxies: string, forwardedFor: string, address: string | RegExp][] = [
    ["", chain, /^(::1|::ffff:127\.0\.0\.1)$/],
    ["10.0.0.0/8", chain, /^(::1|::ffff:127\.0\.0\.1)$/],
    [thisMachine, chain, "10.0.0.2"],
    [`${thisMachine},10.0.0.0/8`, chain, "2001:db8::9"],
    [`${thisMachine},10.0.0.0/8,2001:db8::/32`, chain, "203.0.113.7"],
    [`${thisMachine},10.0.0.2,2001:DB8:0::9,203.0.113.7`, chain, "198.51.100.1"],
    [`${thisMachine},10.0.0.0/8`, "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    [`${thisMachine},::ffff:10.0.0.0/104`, "203.0.113.7, 10.0.0.2", "203.0.113.7"],
    [`${thisMachine},10.0.0.0/8`, "203.0.113.7, ::ffff:10.0.0.2", "203.0.113.7"],
    [`${thisMachine},10.0.0.0/8`, "203.0.113.7, unknown, 10.0.0.2", "10.0.0.2"],
    [`${thisMachine},10.0.0.0/8`, "203.0.113.7,,10.0.0.2,", /^(::1|::ffff:127\.0\.0\.1)$/],
    [thisMachine, "", /^(::1|::ffff:127\.0\.0\.1)$/],
  ];
  for (const [proxies, forwardedFor, address] of cases) {
    it(`with "${proxies}" trusted is ${address} of "${forwardedFor}"`, async () => {
      const headers = await read(proxies ? proxies.split(",") : [], {
        "x-forwarded-for": forwardedFor,
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example",
        forwarded: "for=evil.example",
      });
      if (typeof address === "string") assert.equal(headers[clientAddressHeader], address);
      else assert.match(headers[clientAddressHeader], address);
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.includes("forwarded")),
        [],
      );
    });
  }
});
