import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseStorages, memoryStorages, type StorageFault } from "../test/revocable-storage.ts";
import { type RevocationServer, startRevocations } from "../test/revocation-server.ts";
import { revokingEndpoints } from "../test/revoking-endpoints.ts";
import { readProblem } from "../test/session-look-ups.ts";

const storages = { ...memoryStorages, ...databaseStorages };

async function signUpTwice(server: RevocationServer) {
  const own = await server.signUp();
  return { own, other: await server.signInAgain(own) };
}

/** What an answer is apart from the values in it. */
async function shapeOf(response: Response) {
  const body: unknown = await response.json();
  return {
    status: response.status,
    members: typeof body === "object" && body !== null ? Object.keys(body) : body,
    cookies: response.headers.getSetCookie().map((line) => line.replace(/=[^;]+/, "=…")),
  };
}

for (const [where, open] of Object.entries(storages)) {
  test(`sessions in ${where}`, async (t) => {
    const stock = await startRevocations(t, await open(t), { plugins: [] });
    const expected = new Map<string, object>();
    for (const [what, { call }] of Object.entries(revokingEndpoints)) {
      const response = await stock.send(await call(await signUpTwice(stock), stock));
      expected.set(what, await shapeOf(response));
    }

    const server = await startRevocations(t, await open(t));
    const bob = await server.signUp();
    for (const [what, { call, ends }] of Object.entries(revokingEndpoints)) {
      await t.test(`SEC12 ${what} ends what it has to at once, and nobody else's`, async () => {
        const sessions = await signUpTwice(server);
        const response = await server.send(await call(sessions, server));
        assert.equal(response.status, 200);
        const { own, other } = sessions;
        const remain = [!ends.includes("own"), !ends.includes("other"), true];
        assert.deepEqual(await server.open([own, other, bob]), remain);
        // A look-up heeds a ban; the session is to be gone.
        for (const ended of ends) {
          assert.equal(await server.internalAdapter.findSession(sessions[ended].token), null);
        }
        assert.deepEqual(await shapeOf(response), expected.get(what), "as Better Auth answers");
      });
    }
  });
}

const faults: StorageFault[] = [
  "its deletions fail",
  "it cannot be read again",
  "it keeps what it was to delete",
];
for (const [where, open] of Object.entries(storages)) {
  for (const fault of faults) {
    // A trigger cannot fail what is read after it.
    if (where in databaseStorages && fault === "it cannot be read again") continue;
    test(`sessions in ${where}, when ${fault}`, async (t) => {
      const storage = await open(t);
      const server = await startRevocations(t, storage);
      for (const [what, { call, ends }] of Object.entries(revokingEndpoints)) {
        await t.test(
          `SEC12 SEC14 ${what} is 503, keeps the cookie, and can be asked for again`,
          async () => {
            const sessions = await signUpTwice(server);
            const request = await call(sessions, server);
            await storage.fail(fault);
            const refused = await server.send(request);
            await storage.fail(undefined);
            assert.equal(refused.headers.get("retry-after"), "1");
            assert.equal(await readProblem(refused), "503 authority_unavailable");

            // Who comes by mail comes with a new one.
            const again = await server.send(await call(sessions, server));
            if (again.status !== 200) {
              // It was done and could not be seen to be, outside of a transaction: the caller is out.
              assert.equal(fault, "it cannot be read again", await again.text());
              assert.ok(ends.includes("own"));
            }
            const ended = ends.map((which) => sessions[which]);
            const none = ended.map(() => false);
            assert.deepEqual(await server.open(ended), none);
          },
        );
      }
    });
  }
}
