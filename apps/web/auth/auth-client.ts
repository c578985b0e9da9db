"use client";

import { createAuthClient } from "better-auth/client";
import { createAccessTokens } from "./access-tokens.ts";

const TOKEN_DEADLINE_MS = 5_000;

/** Better Auth's own client, on this page's origin. */
export const authClient = createAuthClient();

/** This page's token, in token mode: gone with the page. */
export const accessTokens = createAccessTokens(() =>
  fetch("/api/auth/sallyport/token", {
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(TOKEN_DEADLINE_MS),
  }),
);
