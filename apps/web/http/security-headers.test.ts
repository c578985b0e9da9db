import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AuthServer, startAuthServer } from "../test/auth-server.ts";

const publicAddress = {
  BETTER_AUTH_URL: "https://app.example.com",
  API_URL: "https://app.example.com",
};

async function withServer<T>(
  variables: Record<string, string>,
  use: (server: AuthServer) => Promise<T>,
): Promise<T> {
  const server = await startAuthServer(variables);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

const directives = (policy: unknown) =>
  new Map(
    String(policy)
      .split("; ")
      .map((directive) => {
        const [name = "", ...sources] = directive.split(" ");
        return [name, sources.join(" ")] as const;
      }),
  );

describe("the security headers", () => {
  const onEvery = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
  };

  it("SEC28 are on every answer, refusals and failures included", () =>
    withServer({ NODE_ENV: "production", ...publicAddress }, async ({ send, link }) => {
      for (const sent of [
        { path: "/" },
        { path: "/healthz" },
        { path: "/api/auth/get-session" },
        { path: "/api/auth/nothing" },
        { path: "/", headers: { host: "[::1" } },
        { path: "/", method: "TRACE" },
      ]) {
        const { headers } = await send(sent);
        assert.partialDeepStrictEqual(headers, onEvery, JSON.stringify(sent));
        assert.match(String(headers["permissions-policy"]), /camera=\(\)/);
        assert.equal(headers["strict-transport-security"], "max-age=31536000");
        assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/);
      }
      link.cut();
      const { status, headers } = await send({
        path: "/api/auth/get-session",
        headers: { cookie: "better-auth.session_token=x" },
      });
      assert.ok(status < 600);
      assert.partialDeepStrictEqual(headers, onEvery);
      link.mend();
    }));

  it("keep browsers to https only in production at an https address", async () => {
    for (const variables of [{ NODE_ENV: "production" }, publicAddress]) {
      await withServer(variables, async ({ send }) => {
        const { headers } = await send({ path: "/" });
        assert.equal(headers["strict-transport-security"], undefined, JSON.stringify(variables));
      });
    }
  });

  it("SEC30 let an answer that is no page run and load nothing", () =>
    withServer({}, async ({ getSession }) => {
      const policy = directives((await getSession()).headers["content-security-policy"]);
      assert.equal(policy.get("default-src"), "'none'");
      assert.equal(policy.get("script-src"), undefined);
    }));

  it("SEC30 give each page a nonce of its own, and nothing inline without it", () =>
    withServer({ NODE_ENV: "production" }, async ({ send }) => {
      const nonces = new Set<string | undefined>();
      for (let look = 0; look < 20; look++) {
        const { headers } = await send({
          path: "/",
          headers: { "content-security-policy": "script-src 'nonce-AAAA'" },
        });
        const policy = directives(headers["content-security-policy"]);
        const [, nonce] =
          /^'self' 'nonce-([\w+/]{22}==)' 'strict-dynamic'$/.exec(policy.get("script-src") ?? "") ??
          [];
        assert.ok(nonce);
        nonces.add(nonce);
        policy.delete("script-src");
        assert.deepEqual(Object.fromEntries(policy), {
          "default-src": "'none'",
          "style-src": "'self'",
          "img-src": "'self'",
          "font-src": "'self'",
          "connect-src": "'self' http://localhost:8000",
          "object-src": "'none'",
          "base-uri": "'none'",
          "form-action": "'self'",
          "frame-ancestors": "'none'",
        });
      }
      assert.equal(nonces.size, 20);
    }));

  it("allow in development what hot reload needs, and nothing else", () =>
    withServer({}, async ({ send }) => {
      const policy = directives((await send({ path: "/" })).headers["content-security-policy"]);
      assert.match(
        policy.get("script-src") ?? "",
        /^'self' 'nonce-\S+' 'strict-dynamic' 'unsafe-eval'$/,
      );
      assert.equal(policy.get("style-src"), "'self' 'unsafe-inline'");
      assert.equal(policy.get("connect-src"), "'self' http://localhost:8000 ws:");
      assert.equal(policy.get("img-src"), "'self'");
    }));
});
