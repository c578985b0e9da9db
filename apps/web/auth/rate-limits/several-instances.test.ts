import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createClient } from "@redis/client";
import { startTestRedis, type TestRedis } from "../../../../scripts/test-redis.ts";
import { type AuthServer, password, startAuthServer } from "../../test/auth-server.ts";

const lost = "Redis does not answer";
const returned = "Redis answers again";

describe("two web instances on one database and one Redis", () => {
  let redis: TestRedis;
  let instances: [AuthServer, AuthServer];
  let ada: { userId: string; cookie: string };
  before(async () => {
    redis = await startTestRedis();
    const variables = { HOST: "127.0.0.1", REDIS_URL: redis.url };
    const first = await startAuthServer(variables);
    const second = await startAuthServer({ ...variables, DATABASE_URL: first.link.databaseUrl });
    instances = [first, second];
    ada = await first.signUp("ada");
  });
  after(async () => {
    const [first, second] = instances;
    await second.stop();
    await first.stop();
    await redis.kill();
  });

  let addresses = 0;
  /** From an address that was never used before. */
  const newAddress = () => {
    addresses += 1;
    return `127.2.${addresses >> 8}.${addresses & 255}`;
  };

  const tryPassword = (
    instance: AuthServer,
    email: string,
    { localAddress = newAddress(), typed = "wrong" } = {},
  ) =>
    instance.send({
      method: "POST",
      path: "/api/auth/sign-in/email",
      headers: { origin: instance.origin, "x-forwarded-for": newAddress() },
      localAddress,
      body: { email, password: typed },
    });

  /** One after the other, at either instance in turn. */
  async function statusesOf(tries: number, email: string, localAddress?: string) {
    const statuses: number[] = [];
    for (let count = 0; count < tries; count++) {
      const instance = instances[count % 2 === 0 ? 0 : 1];
      const options = localAddress === undefined ? {} : { localAddress };
      statuses.push((await tryPassword(instance, email, options)).status);
    }
    return statuses;
  }

  it("SEC16 SEC21 limit an address together, whatever it claims to be", async () => {
    const statuses = await statusesOf(6, "nobody@example.com", "127.3.0.1");
    assert.deepEqual(statuses, [401, 401, 401, 429, 429, 429]);
  });

  it("SEC16 let exactly 10 of 100 try an account's password at the same moment, from 100 addresses", async () => {
    await instances[0].signUp("bob");
    const tries = Array.from({ length: 100 }, (_, count) =>
      tryPassword(instances[count % 2 === 0 ? 0 : 1], "bob@example.com"),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 90);
  });

  it("keep no session in Redis, no e-mail and no address: whole accounts leave expiring counts", async () => {
    const [first, second] = instances;
    const client = await createClient({ url: redis.url }).connect();
    await client.flushAll();
    const localAddress = "127.3.0.2";
    const headers = { origin: first.origin };
    const email = "carol@example.com";
    const signUp = { name: "carol", email, password };
    const post = (instance: AuthServer, path: string, body: object, cookie?: string) =>
      instance.send({
        method: "POST",
        path: `/api/auth${path}`,
        headers: { ...headers, ...(cookie && { cookie }) },
        localAddress,
        body,
      });
    assert.equal((await post(first, "/sign-up/email", signUp)).status, 200);
    const { status, cookies } = await post(second, "/sign-in/email", { email, password });
    assert.equal(status, 200);
    const [cookie = ""] = cookies[0]?.split(";") ?? [];
    assert.match((await first.getSession({ cookie })).text, /carol/);
    assert.equal((await post(first, "/sign-out", {}, cookie)).status, 200);
    assert.equal((await second.getSession({ cookie })).text, "null");

    const keys = await client.keys("*");
    assert.ok(keys.length >= 5, "each path, and the account");
    for (const key of keys) {
      assert.match(key, /^sallyport:rate-limit:(address|account):[\w-]{43}$/);
      assert.match((await client.get(key)) ?? "", /^\d$/);
      assert.ok((await client.pTTL(key)) > 0);
    }
    client.destroy();
  });

  it("SEC14 answer without Redis, each by its own limits, sign nobody out, and share them again when it is back", async () => {
    const [first, second] = instances;
    await redis.kill();
    for (const instance of instances) {
      assert.match(
        (await instance.getSession({ cookie: ada.cookie })).text,
        new RegExp(ada.userId),
      );
    }
    const alone = await statusesOf(8, "dave@example.com", "127.3.0.3");
    assert.deepEqual(alone, [401, 401, 401, 401, 401, 401, 429, 429]);

    await redis.restart();
    await Promise.all(instances.map(({ untilLogged }) => untilLogged(returned)));
    const together = await statusesOf(4, "dave@example.com", "127.3.0.4");
    assert.deepEqual(together, [401, 401, 401, 429]);
    for (const { logLines } of [first, second]) {
      const told = (text: string) => logLines.filter((line) => line.includes(text)).length;
      assert.deepEqual([told(lost), told(returned)], [1, 1]);
    }
  });

  it("SEC14 answer in time while Redis is paused, and sign nobody out", async () => {
    redis.pause();
    try {
      const startedAt = performance.now();
      const looks = Array.from({ length: 50 }, (_, count) =>
        instances[count % 2 === 0 ? 0 : 1].getSession({ cookie: ada.cookie }),
      );
      for (const { status, text } of await Promise.all(looks)) {
        assert.equal(status, 200);
        assert.match(text, new RegExp(ada.userId));
      }
      assert.ok(performance.now() - startedAt < 5_000);
      assert.equal((await tryPassword(instances[0], "erin@example.com")).status, 401);
    } finally {
      redis.resume();
    }
    await Promise.all(instances.map(({ untilLogged }) => untilLogged(returned, 2)));
  });
});
