"use client";

import { createAccessTokens } from "./access-tokens.ts";

const TOKEN_DEADLINE_MS = 5_000;

/** This page's token, in token mode: gone with the page. */
export const pageTokens = createAccessTokens(() =>
  fetch("/api/auth/sallyport/token", {
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(TOKEN_DEADLINE_MS),
  }),
);
