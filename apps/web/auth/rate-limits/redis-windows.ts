import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@redis/client";
import { describeError, type Log } from "@sallyport/server";
import * as z from "zod";
import type { WindowUse } from "./memory-windows.ts";

/** How long a request waits for Redis. */
const USE_DEADLINE_MS = 100;
/** Sooner than the deadline of the whole, because only then the client drops its socket itself. */
const CONNECT_DEADLINE_MS = 1_000;
const START_DEADLINE_MS = 2_000;
const DEADLINE_TURNS = 4;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

/**
 * One step for every instance, so that requests at the same moment are counted one by one. A key
 * always expires: one without an end, or with one too far away because the clock of Redis was set
 * back, would shut somebody out for good.
 */
const useScript = `
local count = redis.call("INCR", KEYS[1])
local remaining = redis.call("PTTL", KEYS[1])
local window = tonumber(ARGV[1])
if remaining < 0 or remaining > window then
  redis.call("PEXPIRE", KEYS[1], window)
  remaining = window
end
return { count, remaining }`;
const useReply = z.tuple([z.number(), z.number()]);

export interface RedisWindows {
  /** As of memory, over all instances; nothing while Redis is away. Never rejects. */
  use(key: string, windowMs: number): Promise<WindowUse | undefined>;
  close(): void;
}

type Client = ReturnType<typeof createConnection>;

/** Redis may be away: its return is awaited in the background, from the start and ever after. */
export async function openRedisWindows(url: string, log: Log): Promise<RedisWindows> {
  const closing = new AbortController();
  let client: Client | undefined;
  let isUp = false;

  async function connect(): Promise<void> {
    const candidate = createConnection(url);
    client = candidate;
    candidate.on("error", (cause) => lose(candidate, cause));
    try {
      await within(START_DEADLINE_MS, candidate.connect());
      // Redis is back when it counts: it may well answer, and refuse to write.
      await runUse(candidate, "sallyport:rate-limit:probe", 1_000);
      isUp = !closing.signal.aborted;
    } catch (cause) {
      candidate.destroy();
      throw cause;
    }
  }

  function lose(lost: Client, cause: unknown): void {
    if (!isUp || lost !== client) return;
    isUp = false;
    lost.destroy();
    awaitReturn(cause);
  }

  function awaitReturn(cause: unknown): void {
    log.warn(
      { cause: describeError(cause) },
      "Redis does not answer: this instance limits rates by its own counts",
    );
    void tryAgain();
  }

  async function tryAgain(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      // Not all instances at once.
      const jitteredMs = waitMs * (0.5 + Math.random() / 2);
      try {
        await sleep(jitteredMs, undefined, { signal: closing.signal, ref: false });
      } catch {
        return;
      }
      try {
        await connect();
        log.info("Redis answers again: rate limits are those of all instances");
        return;
      } catch {
        // Told already: an outage is one line.
      }
    }
  }

  await connect().catch(awaitReturn);
  return {
    async use(key, windowMs) {
      const asked = client;
      if (!isUp || !asked) return undefined;
      try {
        return await runUse(asked, key, windowMs);
      } catch (cause) {
        lose(asked, cause);
        return undefined;
      }
    },
    close() {
      closing.abort();
      isUp = false;
      client?.destroy();
    },
  };
}

function createConnection(url: string) {
  const connection = createClient({
    url,
    // The older protocol: nothing of the newer one is used, and its greeting is one more command.
    RESP: 2,
    maintNotifications: "disabled",
    disableClientInfo: true,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_DEADLINE_MS, reconnectStrategy: false },
  });
  connection.unref();
  return connection;
}

async function runUse(client: Client, key: string, windowMs: number): Promise<WindowUse> {
  const reply = await within(
    USE_DEADLINE_MS,
    client.eval(useScript, { keys: [key], arguments: [String(windowMs)] }),
  );
  const [count, remainingMs] = useReply.parse(reply);
  return { count, remainingMs };
}

/**
 * The client's own deadline ends with the sending of a command. This one counts turns of the event
 * loop: a moment in which this process was too busy to read an answer is no delay of Redis's.
 */
function within<T>(deadlineMs: number, answer: Promise<T>): Promise<T> {
  const { promise: lateness, reject } = Promise.withResolvers<never>();
  const isLate = () => reject(new Error(`no answer in ${deadlineMs} ms`));
  let turnsLeft = DEADLINE_TURNS;
  const timer = setInterval(() => {
    turnsLeft -= 1;
    // What has arrived by now is read before.
    if (turnsLeft === 0) setImmediate(isLate);
  }, deadlineMs / DEADLINE_TURNS);
  return Promise.race([answer, lateness]).finally(() => clearInterval(timer));
}
