import type { AuthContext, BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, isAPIError } from "better-auth/api";
import { refuse } from "../core/auth-result.ts";
import { denialFor } from "../core/denial.ts";
import { refusalResponse } from "../core/web-response.ts";
import { proveRevocations, type RevocationProof } from "./revocation-proof.ts";

type Hooks = Required<NonNullable<BetterAuthPlugin["hooks"]>>;

const proofs = new WeakMap<AuthContext["internalAdapter"], RevocationProof>();

/** Whatever ends sessions, in Better Auth and its plugins, does so through this adapter. */
export const proveRequest: Hooks["before"][number] = {
  // The one that is asked the most ends only what has expired.
  matcher: ({ path }) => path !== "/get-session",
  handler: createAuthMiddleware(async ({ context }) => {
    const proof = proveRevocations(context);
    proofs.set(proof.internalAdapter, proof);
    // The context is this request's own.
    context.internalAdapter = proof.internalAdapter;
  }),
};

/**
 * Acknowledges no sign-out and no revocation that storage did not confirm: 503 then, and the cookie
 * stays, so that the same can be asked again.
 */
export const acknowledgeRevocations: Hooks["after"][number] = {
  matcher: ({ context }) => isInDoubt(proofs.get(context.internalAdapter), context.returned),
  handler: createAuthMiddleware(async ({ context, request }) => {
    context.responseHeaders?.delete("set-cookie");
    const requestId = proofs.get(context.internalAdapter)?.requestId ?? "";
    const { failure } = refuse("authority_unavailable");
    const denial = denialFor(failure, { challenges: [], requestId });
    const body = { ...denial.body, detail: "It is not certain that this was done. Try again." };
    if (request) return refusalResponse({ ...denial, body });
    throw new APIError("SERVICE_UNAVAILABLE", body, denial.headers);
  }),
};

function isInDoubt(proof: RevocationProof | undefined, answer: unknown): boolean {
  if (proof === undefined) return false;
  // Where a session could not be read, Better Auth says "unauthorized": an outage is no sign-out.
  return proof.failed() || (proof.unread() && isAPIError(answer) && answer.statusCode >= 400);
}
