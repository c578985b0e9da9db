import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as z from "zod";
import { type AuthServer, startAuthServer } from "../test/auth-server.ts";

const path = "/api/auth/sallyport/token";
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.literal(300) });

describe("tokens for the api", () => {
  const addresses = { BETTER_AUTH_URL: "https://app.example", API_URL: "https://api.example" };
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer({ AUTH_MODE: "jwt", ...addresses });
  });
  after(() => server.stop());

  it("name this app, the api and the user, and nothing else of the user", async () => {
    const { userId, cookie } = await server.signUp("ada");
    const answer = await server.send({ path, headers: { cookie } });
    const { access_token } = tokenAnswer.parse(JSON.parse(answer.text));
    const payload = Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString();
    assert.partialDeepStrictEqual(JSON.parse(payload), {
      iss: addresses.BETTER_AUTH_URL,
      aud: addresses.API_URL,
      sub: userId,
      uid: userId,
    });
    assert.doesNotMatch(payload, /ada@example|"name"/);
    assert.equal(answer.headers["cache-control"], "no-store");
  });

  it("are not to be had in an outage of storage, which is no sign-out, and then again", async () => {
    const { cookie } = await server.signUp("grace");
    server.link.cut();
    const answer = await server.send({ path, headers: { cookie } });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers["retry-after"], "1");
    server.link.mend();
    assert.equal((await server.send({ path, headers: { cookie } })).status, 200);
  });
});

describe("session mode", () => {
  it("has no tokens", async (t) => {
    const server = await startAuthServer();
    t.after(() => server.stop());
    const { cookie } = await server.signUp("ada");
    assert.equal((await server.send({ path, headers: { cookie } })).status, 404);
  });

  it("warns once of a secret of few characters, and does not repeat it", async (t) => {
    const BETTER_AUTH_SECRET = "abc".repeat(11);
    const server = await startAuthServer({ BETTER_AUTH_SECRET });
    t.after(() => server.stop());
    await server.signUp("ada");
    const lines = server.logLines.join("");
    assert.equal(lines.match(/low-entropy/g)?.length, 1);
    assert.ok(!lines.includes(BETTER_AUTH_SECRET));
  });
});
