import assert from "node:assert/strict";
import { test } from "node:test";
import { patientMs, serviceKey, startBetterAuth } from "../test/auth-server.ts";
import { deriveServiceKey } from "./better-auth.ts";
import { betterAuthSession, createGuard } from "./index.ts";

test("SEC16 a backend with the service key looks up 200 sessions in a burst, others are limited", async () => {
  const server = await startBetterAuth();
  const user = await server.signUp("ada");
  const burst = async (key: string | undefined) => {
    const guard = createGuard({
      schemes: [
        betterAuthSession({
          url: server.url,
          batch: false,
          deadlineMs: patientMs,
          ...(key === undefined ? {} : { serviceKey: key }),
        }),
      ],
    });
    const headers = new Headers({ cookie: user.cookie });
    const results = await Promise.all(
      Array.from({ length: 200 }, () => guard.authenticate({ method: "GET", headers })),
    );
    await guard.close();
    return results.filter(({ ok }) => ok).length;
  };
  try {
    assert.equal(await burst(serviceKey), 200);
    assert.equal(await burst(deriveServiceKey("another secret of more than 32 characters")), 100);
    assert.equal(await burst(undefined), 0, "one bucket for all of an address");
    assert.equal(await burst(serviceKey), 200);
  } finally {
    await server.close();
  }
});

test("SEC16 the app's own rules stay in force for everyone without the key, wildcards included", async () => {
  for (const [index, pattern] of ["/get-session", "/get-*", "/**"].entries()) {
    // Better Auth's limiter is one for all servers of a process.
    const address = { "X-Client-Address": `192.0.2.${index}` };
    const server = await startBetterAuth({ customRules: { [pattern]: { window: 10, max: 3 } } });
    try {
      const statuses = async (headers: Record<string, string>) => {
        const answers = Array.from({ length: 10 }, () =>
          fetch(`${server.url}/get-session`, { headers: { ...address, ...headers } }),
        );
        return (await Promise.all(answers)).filter(({ status }) => status === 200).length;
      };
      assert.equal(await statuses({}), 3, pattern);
      assert.equal(await statuses({ "X-Sallyport-Key": serviceKey }), 10, pattern);
    } finally {
      await server.close();
    }
  }
});

test("the service key is the documented derivation of the secret", () => {
  assert.equal(
    deriveServiceKey("0123456789abcdef0123456789abcdef"),
    // HKDF-SHA256(ikm: secret, salt: empty, info: "sallyport/service-key/v1", 32 bytes), base64url
    "O4E99AC8ZhBAvngnOgNAEuNWKwqIauOSkz3HIVWF70g",
  );
});

test("no service key is derived from a short secret", () => {
  assert.throws(() => deriveServiceKey("short"), /at least 32 characters, received 5/);
});
