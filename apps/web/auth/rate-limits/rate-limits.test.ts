import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@redis/client";
import { startTestRedis, type TestRedis } from "../../../../scripts/test-redis.ts";
import { createRecordedLog } from "../../test/recorded-log.ts";
import { openRateLimits, type RateLimits } from "./rate-limits.ts";

const lost = "Redis does not answer";
const returned = "Redis answers again";
const secret = "a secret that all instances share";
const rule = { window: 60, max: 3 };

describe("rate limits in Redis", () => {
  let redis: TestRedis;
  const opened: RateLimits[] = [];
  before(async () => {
    redis = await startTestRedis();
  });
  afterEach(() => {
    for (const limits of opened.splice(0)) limits.close();
  });
  after(() => redis.kill());

  async function openInstance(redisUrl = redis.url) {
    const { log, lines, untilLogged } = createRecordedLog();
    const limits = await openRateLimits({ secret, redisUrl, log });
    opened.push(limits);
    const told = (text: string) => lines.filter((line) => line.includes(text)).length;
    /** Of so many uses one after the other, how many are allowed. */
    const allowedOf = async (uses: number, key: string) => {
      let allowed = 0;
      for (let use = 0; use < uses; use++) {
        if ((await limits.byAccount.consume(key, rule)).allowed) allowed += 1;
      }
      return allowed;
    };
    return { ...limits, lines, told, untilLogged, allowedOf };
  }

  async function inspect<Result>(look: (client: ReturnType<typeof connectTo>) => Promise<Result>) {
    const client = await connectTo(redis.url).connect();
    try {
      return await look(client);
    } finally {
      client.destroy();
    }
  }

  it("allow exactly as many of 100 uses at the same moment as they may, over two instances", async () => {
    const instances = [await openInstance(), await openInstance()];
    for (const max of [1, 10, 99]) {
      const uses = Array.from({ length: 50 }, () =>
        instances.map(({ byAccount }) => byAccount.consume(`crowd ${max}`, { window: 60, max })),
      );
      const verdicts = await Promise.all(uses.flat());
      assert.equal(verdicts.filter(({ allowed }) => allowed).length, max);
      for (const { allowed, retryAfter } of verdicts) {
        assert.ok(allowed ? retryAfter === null : retryAfter === 60, String(retryAfter));
      }
    }
  });

  it("end a window by its time, though it is asked all the while, and then allow as many again", async () => {
    const { byAccount } = await openInstance();
    const short = { window: 0.4, max: 2 };
    const consume = () => byAccount.consume("short", short);
    const startedAt = performance.now();
    assert.deepEqual(await consume(), { allowed: true, retryAfter: null });
    assert.equal((await consume()).allowed, true);
    assert.deepEqual(await consume(), { allowed: false, retryAfter: 1 });
    while (!(await consume()).allowed) await sleep(10);
    assert.ok(performance.now() - startedAt >= 400 - 2);
    assert.equal((await consume()).allowed, true);
    assert.equal((await consume()).allowed, false);
  });

  it("keep addresses and accounts apart", async () => {
    const { byAddress, byAccount } = await openInstance();
    const once = { window: 60, max: 1 };
    assert.equal((await byAddress.consume("same", once)).allowed, true);
    assert.equal((await byAccount.consume("same", once)).allowed, true);
    assert.equal((await byAccount.consume("same", once)).allowed, false);
  });

  it("leave keys that end, and that tell neither e-mail nor address to who has no secret", async () => {
    const { byAddress, byAccount } = await openInstance();
    await inspect((client) => client.flushAll());
    await byAddress.consume("203.0.113.7|/sign-in/email", rule);
    await byAccount.consume("email:ada@example.com", rule);
    await inspect(async (client) => {
      const keys = await client.keys("*");
      assert.equal(keys.length, 2);
      for (const key of keys) {
        assert.match(key, /^sallyport:rate-limit:(address|account):[\w-]{43}$/);
        const remainingMs = await client.pTTL(key);
        assert.ok(remainingMs > 0 && remainingMs <= 60_000, String(remainingMs));
      }
    });
  });

  it("shut nobody out for longer than a window, even if a key has no end or one far away", async () => {
    const { byAccount } = await openInstance();
    await inspect(async (client) => {
      await client.flushAll();
      await byAccount.consume("ada", rule);
      const [key = ""] = await client.keys("*");
      for (const damage of [() => client.persist(key), () => client.pExpire(key, 3_600_000)]) {
        await damage();
        await byAccount.consume("ada", rule);
        const remainingMs = await client.pTTL(key);
        assert.ok(remainingMs > 0 && remainingMs <= 60_000, String(remainingMs));
      }
    });
  });

  it("become those of each instance when Redis dies, begin no new window, and are shared again when it is back", async () => {
    const [one, two] = [await openInstance(), await openInstance()];
    assert.equal(await one.allowedOf(4, "henry"), 3);
    assert.equal(await two.allowedOf(1, "henry"), 0);

    await redis.kill();
    await Promise.all([one.untilLogged(lost), two.untilLogged(lost)]);
    assert.equal(await one.allowedOf(3, "henry"), 0, "this instance has seen it all");
    assert.equal(await two.allowedOf(4, "henry"), 2, "the other one saw one use of three");
    assert.equal(await one.allowedOf(4, "bob"), 3);
    assert.equal(await two.allowedOf(4, "bob"), 3);

    await redis.restart();
    await Promise.all([one.untilLogged(returned), two.untilLogged(returned)]);
    assert.equal(await one.allowedOf(2, "carol"), 2);
    assert.equal(await two.allowedOf(2, "carol"), 1);
    for (const { told } of [one, two]) assert.deepEqual([told(lost), told(returned)], [1, 1]);
  });

  it("cost a request a tenth of a second when Redis is paused, and those after it nothing", async () => {
    const { allowedOf, told, untilLogged } = await openInstance();
    redis.pause();
    try {
      const startedAt = performance.now();
      assert.equal(await allowedOf(1, "dave"), 1);
      const firstMs = performance.now() - startedAt;
      assert.ok(firstMs > 90 && firstMs < 1_000, `${firstMs} ms`);
      assert.equal(await allowedOf(1_000, "dave"), 2);
      const restMs = performance.now() - startedAt - firstMs;
      assert.ok(restMs < 1_000, `${restMs} ms for a thousand`);
      assert.equal(told(lost), 1);
    } finally {
      redis.resume();
    }
    await untilLogged(returned);
    assert.deepEqual([told(lost), told(returned)], [1, 1]);
  });

  it("take this process's own pause for no outage of Redis, before the question is sent or after", async () => {
    const { byAccount, told } = await openInstance();
    for (const turnsBefore of [0, 1, 2]) {
      const verdict = byAccount.consume(`erin ${turnsBefore}`, rule);
      for (let turn = 0; turn < turnsBefore; turn++) await new Promise(setImmediate);
      const busyUntil = performance.now() + 300;
      while (performance.now() < busyUntil);
      assert.equal((await verdict).allowed, true);
    }
    assert.equal(told(lost), 0);
  });

  it("call Redis away while it answers and refuses to write", async () => {
    const { allowedOf, lines, told, untilLogged } = await openInstance();
    const setReplicas = (count: string) =>
      inspect((client) => client.configSet("min-replicas-to-write", count));
    await setReplicas("1");
    try {
      assert.equal(await allowedOf(4, "frank"), 3);
      assert.match(lines.join(""), /NOREPLICAS/);
      // Time for several attempts, each of which it answers.
      for (let tenth = 0; tenth < 5; tenth++) {
        await sleep(100);
        await allowedOf(1, "frank");
      }
    } finally {
      await setReplicas("0");
    }
    await untilLogged(returned);
    assert.deepEqual([told(lost), told(returned)], [1, 1]);
  });

  it("are there from the start without a Redis, or with one that refuses, and the log holds no password", async () => {
    await redis.kill();
    const early = await openInstance();
    assert.equal(early.told(lost), 1);
    assert.equal(await early.allowedOf(4, "grace"), 3);
    await redis.restart();
    await early.untilLogged(returned);

    const refused = await openInstance(redis.url.replace("//", "//:hush@"));
    assert.equal(await refused.allowedOf(4, "grace"), 3);
    assert.equal(refused.told(lost), 1);
    assert.ok(!refused.lines.join("").includes("hush"));
  });
});

function connectTo(url: string) {
  return createClient({ url, socket: { reconnectStrategy: false } });
}
