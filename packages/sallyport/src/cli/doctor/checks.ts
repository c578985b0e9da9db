import { api } from "./checks/api.ts";
import { bearer } from "./checks/bearer.ts";
import { clock } from "./checks/clock.ts";
import { cookies } from "./checks/cookies.ts";
import { cors } from "./checks/cors.ts";
import { encryption } from "./checks/encryption.ts";
import { endpoint } from "./checks/endpoint.ts";
import { lookUpTime } from "./checks/look-up-time.ts";
import { origins } from "./checks/origins.ts";
import { plugin } from "./checks/plugin.ts";
import { rateLimit } from "./checks/rate-limit.ts";
import { revocation } from "./checks/revocation.ts";
import { secret } from "./checks/secret.ts";
import { signIn } from "./checks/sign-in.ts";
import { signOut } from "./checks/sign-out.ts";
import { token } from "./checks/token.ts";
import type { Check } from "./finding.ts";

/**
 * In the order in which they are made: first whether Better Auth is there at all, last what may
 * use up a rate limit, and then the sign-out.
 */
export const checks: readonly Check[] = [
  endpoint,
  encryption,
  clock,
  origins,
  cookies,
  cors,
  plugin,
  signIn,
  api,
  secret,
  bearer,
  token,
  revocation,
  lookUpTime,
  rateLimit,
  signOut,
];
