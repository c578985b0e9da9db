import { createAuthEndpoint } from "better-auth/api";
import { guardedHeaders } from "../core/denial.ts";
import { findCookieSession, refusal } from "./cookie-session.ts";
import { describeSession } from "./look-up-answer.ts";

/**
 * `GET {auth}/session`: the session of the cookie that is sent along, or 401: for callers in any
 * language that have one request to judge. Nothing is renewed, nothing comes from a cache.
 */
export const sessionEndpoint = createAuthEndpoint(
  "/session",
  { method: "GET", requireRequest: true },
  async ({ request, context }) => {
    const found = await findCookieSession(request, context);
    if (found.state === "unavailable") return refusal("authority_unavailable", found.requestId);
    if (found.state !== "found") return refusal("session_invalid");
    return Response.json(describeSession(found.session), { headers: guardedHeaders });
  },
);
