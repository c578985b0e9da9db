import assert from "node:assert/strict";
import { test } from "node:test";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { secret } from "../test/auth-server.ts";
import { audience } from "../test/token-backend.ts";
import { sallyport, type TokenOptions } from "./better-auth.ts";

test("options that cannot work throw where they are written", () => {
  const wrong: [options: Partial<Record<keyof TokenOptions, unknown>>, message: RegExp][] = [
    [{ audience: undefined }, /audience must be an origin such as/],
    [{ audience: "tasks" }, /audience must be an origin such as .+, received "tasks"/],
    [{ audience: "http://localhost:8000/" }, /audience must be an origin/],
    [{ audience: "https://api.example.com/tasks" }, /audience must be an origin/],
    [{ audience: "ftp://api.example.com" }, /audience must be an origin/],
    [{ lifetimeSeconds: 0 }, /lifetimeSeconds must be a whole number from 1 to 900, received 0/],
    [{ lifetimeSeconds: 901 }, /lifetimeSeconds/],
    [{ lifetimeSeconds: 1.5 }, /lifetimeSeconds/],
    [{ lifetimeSeconds: Number.NaN }, /lifetimeSeconds/],
    [{ keyVersion: 0 }, /keyVersion must be a whole number from 1/],
    [{ keyDerivation: "sha256" }, /keyDerivation must be "none" or "hkdf", received "sha256"/],
  ];
  for (const [options, message] of wrong) {
    const token = Object.assign<TokenOptions, object>({ audience }, options);
    assert.throws(() => sallyport({ token }), { name: "TypeError", message });
  }
});

test("SEC6 a Better Auth that cannot issue tokens does not start", async () => {
  const contextOf = (options: Partial<Parameters<typeof betterAuth>[0]>) =>
    betterAuth({
      baseURL: "http://localhost:3000",
      secret,
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      logger: { disabled: true },
      ...options,
      plugins: [sallyport({ token: { audience } })],
    }).$context;
  assert.ok(await contextOf({}));
  await assert.rejects(contextOf({ secret: "s".repeat(31) }), /at least 32 .+, received 31/);
  await assert.rejects(
    contextOf({ secrets: [{ version: 1, value: "s".repeat(31) }] }),
    /at least 32 .+, received 31/,
  );
  const address = /baseURL must be Better Auth's one public address, a URL, received/;
  await assert.rejects(
    contextOf({ baseURL: { allowedHosts: ["a.example", "b.example"] } }),
    address,
  );
  await assert.rejects(contextOf({ baseURL: "" }), address);
});
