import { createHmac, hkdfSync } from "node:crypto";
import type { Log } from "@sallyport/server";
import type { BetterAuthRateLimitStorage } from "better-auth";
import { createMemoryWindows } from "./memory-windows.ts";
import { openRedisWindows } from "./redis-windows.ts";

/** Of each kind of limit. */
const KEYS_KEPT = 25_000;

interface RateLimitsOptions {
  secret: string;
  /** Without it every instance limits by its own counts. */
  redisUrl: string | undefined;
  log: Log;
}

export interface RateLimits {
  byAddress: BetterAuthRateLimitStorage;
  byAccount: BetterAuthRateLimitStorage;
  close(): void;
}

/** Limits in the shape Better Auth asks for. They never reject, whatever becomes of Redis. */
export async function openRateLimits({
  secret,
  redisUrl,
  log,
}: RateLimitsOptions): Promise<RateLimits> {
  const redis = redisUrl === undefined ? undefined : await openRedisWindows(redisUrl, log);
  // Addresses and e-mails are few enough to be guessed from a hash that has no key.
  const nameKey = Buffer.from(hkdfSync("sha256", secret, "", "sallyport/rate-limit/v1", 32));

  const limitBy = (kind: "address" | "account"): BetterAuthRateLimitStorage => {
    // A memory for each kind: what is filled by anybody does not push the other out.
    const memory = createMemoryWindows({ keysKept: KEYS_KEPT });
    return {
      async consume(key, { window, max }) {
        const digest = createHmac("sha256", nameKey).update(key).digest("base64url");
        const name = `sallyport:rate-limit:${kind}:${digest}`;
        const windowMs = window * 1_000;
        // Counted here in any case, so that an outage of Redis begins no new window.
        const ownUse = memory.use(name, windowMs);
        const { count, remainingMs } = (await redis?.use(name, windowMs)) ?? ownUse;
        return count <= max
          ? { allowed: true, retryAfter: null }
          : { allowed: false, retryAfter: Math.max(1, Math.ceil(remainingMs / 1_000)) };
      },
    };
  };

  return {
    byAddress: limitBy("address"),
    byAccount: limitBy("account"),
    close: () => redis?.close(),
  };
}
