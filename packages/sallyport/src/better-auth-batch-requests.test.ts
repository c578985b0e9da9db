import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, it } from "node:test";
import { fromNewAddress, secret, serviceKey } from "../test/auth-server.ts";
import {
  assertPrivate,
  hosts,
  readProblem,
  sign,
  signedSession,
  startLookUps,
} from "../test/session-look-ups.ts";
import { deriveServiceKey } from "./better-auth.ts";

const oldSecret = "the-secret-before-this-one-0123456789";
const maxBodyBytes = 128 * 1024;

for (const { host, ...place } of hosts) {
  describe(`a request for a batch, at ${host}`, () => {
    it("is 400 unless it is JSON with 1 to 200 texts and nothing else", async (t) => {
      const server = await startLookUps(t, place);
      const unknown = sign("t".repeat(32));
      const wrong = {
        "not JSON": '{"sessions":',
        "an empty body": "",
        null: "null",
        "a list": JSON.stringify([unknown]),
        "no sessions": "{}",
        "an empty list": '{"sessions":[]}',
        "201 sessions": JSON.stringify({ sessions: new Array(201).fill(unknown) }),
        "a session that is no text": JSON.stringify({ sessions: [unknown, 7] }),
        "null for a session": '{"sessions":[null]}',
        "a text for a list": JSON.stringify({ sessions: unknown }),
        "another member": JSON.stringify({ sessions: [unknown], refresh: true }),
        "__proto__ for a member": `{"__proto__":{"sessions":["${unknown}"]}}`,
      };
      for (const [what, body] of Object.entries(wrong)) {
        assert.equal(await readProblem(await server.post(body)), "400 malformed_request", what);
      }
      const most = new Array<string>(200).fill(unknown);
      assert.deepEqual(await server.lookUp(most), new Array(200).fill(null));
    });

    it("SEC23 is 413 over 128 KB, whether its length is said or not", async (t) => {
      const server = await startLookUps(t, place);
      const body = (bytes: number) => {
        const text = JSON.stringify({ sessions: [sign("t".repeat(32))] });
        return text + " ".repeat(bytes - text.length);
      };
      assert.equal((await server.post(body(maxBodyBytes))).status, 200);
      assert.equal(
        await readProblem(await server.post(body(maxBodyBytes + 1))),
        "413 payload_too_large",
      );
      for (const [bytes, status] of [
        [maxBodyBytes, 200],
        [maxBodyBytes + 1, 413],
        [16 * maxBodyBytes, 413],
      ] as const) {
        const chunked = {
          method: "POST",
          headers: { "content-type": "application/json", "x-sallyport-key": serviceKey },
          body: new Blob([body(bytes)]).stream(),
          duplex: "half",
        };
        const response = await fetch(`${server.url}/sallyport/sessions`, chunked);
        assert.equal(response.status, status, String(bytes));
        if (status === 413) assert.equal(await readProblem(response), "413 payload_too_large");
      }
    });

    it("is refused with a cookie, be it one that opens a session", async (t) => {
      const server = await startLookUps(t, place);
      const { cookie } = await server.signUp("ada");
      const body = JSON.stringify({ sessions: [signedSession({ cookie })] });
      for (const value of [cookie, "theme=dark"]) {
        const ours = await server.post(body, { cookie: value, origin: server.origin });
        assert.equal(await readProblem(ours), "400 malformed_request");

        const { status } = await server.post(body, { cookie: value });
        // Better Auth's router has refused it before: cookies need an origin that it trusts.
        assert.equal(status, place.answersBatchesFirst ? 400 : 403);
      }
    });

    it("SEC16 is 401 without a service key of this server's, and nothing is looked up", async (t) => {
      const server = await startLookUps(t, place);
      const body = JSON.stringify({ sessions: [signedSession(await server.signUp("ada"))] });
      const readsBefore = server.storageReads();
      for (const [what, key] of Object.entries({
        "another secret's": deriveServiceKey("the-secret-of-somebody-else-0123456789"),
        "the secret itself": secret,
        "a longer one": `${serviceKey}A`,
        "a shorter one": serviceKey.slice(0, -1),
        "in another case": serviceKey.toLowerCase(),
        "given twice": `${serviceKey}, ${serviceKey}`,
        empty: "",
      })) {
        const response = await server.post(body, { ...fromNewAddress(), "x-sallyport-key": key });
        assert.equal(
          response.headers.get("www-authenticate"),
          'Service-Key realm="better-auth"',
          what,
        );
        assert.equal(await readProblem(response), "401 service_key_invalid", what);
      }
      const keyless = await fetch(`${server.url}/sallyport/sessions`, {
        method: "POST",
        headers: { ...fromNewAddress(), authorization: `Bearer ${serviceKey}` },
        body,
      });
      assert.equal(await readProblem(keyless), "401 service_key_invalid");
      assert.equal(server.storageReads(), readsBefore);
    });

    it("SEC16 is let in by the keys of all configured secrets, so that they can rotate", async (t) => {
      const server = await startLookUps(t, {
        ...place,
        settings: {
          secrets: [
            { version: 3, value: "the-secret-after-this-one-0123456789" },
            { version: 2, value: oldSecret },
          ],
        },
      });
      // Beside `secrets`, `secret` is the one from before there were several.
      for (const known of ["the-secret-after-this-one-0123456789", oldSecret, secret]) {
        const response = await server.post('{"sessions":["none"]}', {
          "x-sallyport-key": deriveServiceKey(known),
        });
        assert.equal(response.status, 200, known);
      }
    });

    it("is told that its key is wrong before its body has ended", async (t) => {
      const server = await startLookUps(t, place);
      const answer = await sendEndless(server, { ...fromNewAddress(), "x-sallyport-key": "wrong" });
      assert.equal(answer.statusCode, 401);
    });

    it("harms nobody when its sender leaves in the middle of the body", async (t) => {
      const server = await startLookUps(t, place);
      const leaving = begin(server, { "x-sallyport-key": serviceKey });
      leaving.write('{"sessions":["', () => leaving.destroy());
      await assert.rejects(once(leaving, "response"), { code: "ECONNRESET" });
      assert.deepEqual(await server.lookUp(["none"]), [null]);
    });

    it("SEC16 runs into no limit with the key, and into Better Auth's own without it", async (t) => {
      const server = await startLookUps(t, place);
      const ada = await server.signUp("ada");
      const body = JSON.stringify({ sessions: [signedSession(ada)] });
      const burst = async (count: number, headers: Record<string, string>) => {
        const address = fromNewAddress();
        const responses = await Promise.all(
          Array.from({ length: count }, () => server.post(body, { ...address, ...headers })),
        );
        for (const response of responses) {
          if (response.status !== 429) assertPrivate(response.headers);
        }
        const counts: Record<number, number> = {};
        for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
        return counts;
      };
      assert.deepEqual(await burst(300, {}), { 200: 300 });
      assert.deepEqual(await burst(120, { "x-sallyport-key": "wrong" }), { 401: 100, 429: 20 });
    });
  });
}

function begin({ port, url }: { port: number; url: string }, headers: Record<string, string>) {
  return request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: `${new URL(url).pathname}/sallyport/sessions`,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The answer to a request whose body has begun and is never finished. */
async function sendEndless(
  server: { port: number; url: string },
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const endless = begin(server, headers);
  endless.write('{"sessions":["');
  const [answer]: IncomingMessage[] = await once(endless, "response");
  endless.destroy();
  if (answer === undefined) throw new Error("A response event without a response");
  return answer;
}
