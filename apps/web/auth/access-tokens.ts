import * as v from "valibot";

/** A token is renewed this long before it runs out, so that none runs out on its way. */
const MARGIN_MS = 30_000;

/** RFC 6749 5.1. */
const tokenAnswer = v.object({ access_token: v.string(), expires_in: v.number() });

interface HeldToken {
  token: string;
  expiresAtMs: number;
}

export interface AccessTokens {
  /** One that counts now; undefined when there is no session. Rejects when nobody can say. */
  get(): Promise<string | undefined>;
  /** Forgets this one, which was refused; without one, all there is, for its user has left. */
  drop(token?: string): void;
}

/**
 * Holds one user's one token, in memory and nowhere else. `request` asks for a token with the
 * session: once for all who wait.
 */
export function createAccessTokens(request: () => Promise<Response>): AccessTokens {
  let held: HeldToken | undefined;
  let renewal: Promise<HeldToken | undefined> | undefined;

  const timeLeftMs = () => (held === undefined ? 0 : held.expiresAtMs - Date.now());

  async function ask(): Promise<HeldToken | undefined> {
    const askedAtMs = Date.now();
    const response = await request();
    if (response.status === 401) return undefined;
    if (!response.ok) throw new Error(`No token: status ${response.status}`);
    const { access_token, expires_in } = v.parse(tokenAnswer, await response.json());
    return { token: access_token, expiresAtMs: askedAtMs + expires_in * 1_000 };
  }

  /** What comes of it counts only if nobody has left meanwhile. */
  async function renew(): Promise<string | undefined> {
    renewal ??= ask();
    const mine = renewal;
    try {
      const renewed = await mine;
      if (renewal !== mine) return held?.token;
      held = renewed;
      return renewed?.token;
    } finally {
      if (renewal === mine) renewal = undefined;
    }
  }

  return {
    async get() {
      const left = timeLeftMs();
      if (left > MARGIN_MS) return held?.token;
      const renewed = renew();
      if (left <= 0) return renewed;
      // What is left of a token is good: nobody waits for the next one, or for an outage to end.
      renewed.catch(() => {});
      return held?.token;
    },
    drop(token) {
      if (token === undefined) renewal = undefined;
      if (token === undefined || held?.token === token) held = undefined;
    },
  };
}
