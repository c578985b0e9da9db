import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

describe("a user's name", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.stop());

  const tooLong = "n".repeat(201);
  const longest = "é".repeat(200);

  it("SEC23 has 1 to 200 characters, from the sign-up on", async () => {
    const signUp = (name: unknown, localAddress: string) =>
      server.send({
        method: "POST",
        path: "/api/auth/sign-up/email",
        headers: { origin: server.origin },
        localAddress,
        body: { name, email: "ada@example.com", password },
      });
    for (const [index, name] of [tooLong, "", " \t ", 7, null].entries()) {
      const { status, cookies } = await signUp(name, `127.0.1.${index + 1}`);
      assert.deepEqual([status, cookies], [400, []], String(name));
    }
    assert.equal((await signUp(longest, "127.0.1.100")).status, 200);
  });

  it("SEC23 is not changed to another, and whatever else is changed without it is", async () => {
    const { cookie } = await server.signUp("bob");
    const update = (change: object) => server.post("/update-user", change, { cookie });
    for (const name of [tooLong, "", " \t ", 7, null, ["bob"], {}]) {
      assert.equal((await update({ name })).status, 400, String(name));
    }
    assert.match((await server.getSession({ cookie })).text, /"name":"bob"/);
    assert.equal((await update({ name: longest })).status, 200);
    assert.equal((await update({ image: "http://localhost/bob.png" })).status, 200);
    const { text } = await server.getSession({ cookie });
    assert.match(text, new RegExp(`"name":"${longest}"`));
    assert.match(text, /bob\.png/);
  });
});
