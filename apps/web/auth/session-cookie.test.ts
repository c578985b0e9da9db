import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

/** `Set-Cookie` as its name and its sorted attributes. */
function readSetCookie(line = "") {
  const [pair = "", ...attributes] = line.split("; ");
  return { name: pair.split("=")[0], attributes: attributes.sort() };
}

const credentials = { name: "Ada", email: "ada@example.com", password };

describe("the session cookie", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.stop());

  it("SEC30 is HttpOnly, SameSite=Lax, host-only, for the whole path, and lasts 7 days", async () => {
    const { status, cookies } = await server.post("/sign-up/email", credentials);
    assert.equal(status, 200);
    assert.deepEqual(cookies.map(readSetCookie), [
      {
        name: "better-auth.session_token",
        attributes: ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"],
      },
    ]);
  });

  it("is given by sign-in as well, and taken away by sign-out", async () => {
    const signIn = await server.post("/sign-in/email", credentials);
    assert.equal(readSetCookie(signIn.cookies[0]).name, "better-auth.session_token");
    const [cookie = ""] = signIn.cookies[0]?.split(";") ?? [];
    const signOut = await server.post("/sign-out", {}, { cookie });
    assert.equal(signOut.status, 200);
    assert.match(signOut.cookies.join("\n"), /better-auth\.session_token=; Max-Age=0/);
    assert.equal((await server.getSession({ cookie })).text, "null");
  });
});

describe("the session cookie behind https", () => {
  it("SEC30 is Secure and has the __Secure- prefix", async () => {
    const server = await startAuthServer({
      BETTER_AUTH_URL: "https://app.example.com",
      API_URL: "https://app.example.com",
    });
    const { cookies } = await server.post("/sign-up/email", credentials);
    assert.deepEqual(cookies.map(readSetCookie), [
      {
        name: "__Secure-better-auth.session_token",
        attributes: ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"],
      },
    ]);
    await server.stop();
  });

  it("reaches every host of COOKIE_DOMAIN, and only when that is set", async () => {
    const server = await startAuthServer({
      BETTER_AUTH_URL: "https://app.example.com",
      API_URL: "https://api.example.com",
      COOKIE_DOMAIN: "example.com",
    });
    const { cookies } = await server.post("/sign-up/email", credentials);
    assert.deepEqual(cookies.map(readSetCookie), [
      {
        name: "__Secure-better-auth.session_token",
        attributes: [
          "Domain=example.com",
          "HttpOnly",
          "Max-Age=604800",
          "Path=/",
          "SameSite=Lax",
          "Secure",
        ],
      },
    ]);
    await server.stop();
  });
});
