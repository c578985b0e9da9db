// zod/mini, because this is sent to the browser.
import * as z from "zod/mini";

/** A token is renewed this long before it runs out, so that none runs out on its way. */
const MARGIN_MS = 30_000;

/** RFC 6749 5.1. */
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

export interface AccessTokens {
  /** One that counts now; undefined when there is no session. Rejects when nobody can say. */
  get(): Promise<string | undefined>;
  /** Forgets this one, which was refused; without one, whichever is held. */
  drop(token?: string): void;
}

/**
 * Holds one user's one token, in memory and nowhere else. `request` asks for a token with the
 * session: once for all who wait.
 */
export function createAccessTokens(request: () => Promise<Response>): AccessTokens {
  let held: { token: string; expiresAtMs: number } | undefined;
  let pending: Promise<string | undefined> | undefined;

  const timeLeftMs = () => (held === undefined ? 0 : held.expiresAtMs - Date.now());

  async function renew(): Promise<string | undefined> {
    const askedAtMs = Date.now();
    try {
      const response = await request();
      if (response.status === 401) {
        held = undefined;
        return undefined;
      }
      if (!response.ok) throw new Error(`No token: status ${response.status}`);
      const { access_token, expires_in } = tokenAnswer.parse(await response.json());
      held = { token: access_token, expiresAtMs: askedAtMs + expires_in * 1_000 };
      return access_token;
    } catch (cause) {
      // No outage ends what counts without asking anyone.
      if (timeLeftMs() > 0) return held?.token;
      throw cause;
    }
  }

  return {
    async get() {
      if (timeLeftMs() > MARGIN_MS) return held?.token;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    drop(token = held?.token) {
      if (held?.token === token) held = undefined;
    },
  };
}
