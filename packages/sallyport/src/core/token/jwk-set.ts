import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import type { JoseHeader } from "./compact-jws.ts";

/** Keys this old are asked for again, in the background. */
const freshMs = 10 * 60 * 1000;
/** From one search for an unknown key to the next: forged key ids must not become a flood. */
const searchIntervalMs = 30 * 1000;
const retryIntervalMs = 1_000;

/** Nobody can say which key it is: there are none, or they may be out of date. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

export interface JwkSetOptions {
  /** Rejects when there is no trustworthy answer. */
  fetchKeys: () => Promise<JSONWebKeySet>;
  /** How long keys count that cannot be renewed. */
  maxStaleMs: number;
  /** A clock that nobody sets back, in milliseconds. */
  now: () => number;
}

export interface JwkSet {
  /** Undefined when there is no such key. Rejects with `KeysUnavailable`. */
  keyFor(header: JoseHeader): Promise<CryptoKey | undefined>;
  /** False once keys were wanted and could not be had. */
  isUsable(): boolean;
}

/** A key set over HTTP (RFC 7517 5): fetched once for all who wait, kept through an outage. */
export function createJwkSet({ fetchKeys, maxStaleMs, now }: JwkSetOptions): JwkSet {
  let found: { keys: ReturnType<typeof createLocalJWKSet>; at: number } | undefined;
  let failure: unknown;
  let nextRetryAt = Number.NEGATIVE_INFINITY;
  let nextSearchAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;

  /** Joins the request that is under way, if there is one. Never rejects. */
  function refresh(): Promise<void> {
    pending ??= fetchKeys()
      .then((set) => {
        found = { keys: createLocalJWKSet(set), at: now() };
        failure = undefined;
      })
      .catch((cause: unknown) => {
        failure = cause;
        nextRetryAt = now() + retryIntervalMs;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  async function refreshUnlessItJustFailed(): Promise<void> {
    if (pending !== undefined || now() >= nextRetryAt) await refresh();
  }

  /** The keys that are there do not have it. */
  async function search(): Promise<void> {
    if (pending !== undefined) return pending;
    if (failure === undefined && now() < nextSearchAt) return;
    nextSearchAt = now() + searchIntervalMs;
    await refreshUnlessItJustFailed();
  }

  function usable() {
    return found !== undefined && now() - found.at <= maxStaleMs ? found : undefined;
  }

  function unavailable(): KeysUnavailable {
    return new KeysUnavailable("the keys of Better Auth cannot be had", { cause: failure });
  }

  async function select(header: JoseHeader): Promise<CryptoKey | undefined> {
    const current = usable();
    if (current === undefined) throw unavailable();
    try {
      return await current.keys(header);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey) return undefined;
      if (cause instanceof errors.JWKSMultipleMatchingKeys) return undefined;
      // A key of the set that cannot be read says nothing about who signed.
      throw new KeysUnavailable("a key of Better Auth cannot be read", { cause });
    }
  }

  return {
    isUsable: () => usable() !== undefined || failure === undefined,
    async keyFor(header) {
      const current = usable();
      if (current === undefined) await refreshUnlessItJustFailed();
      else if (now() - current.at > freshMs) void refreshUnlessItJustFailed();
      const key = await select(header);
      if (key !== undefined) return key;

      await search();
      // The key may be a new one: that there is no such key could not be found out.
      if (failure !== undefined) throw unavailable();
      return select(header);
    },
  };
}
