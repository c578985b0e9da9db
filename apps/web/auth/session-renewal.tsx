"use client";

import { useEffect } from "react";

/**
 * Renews the session of whoever looks at the page, once a day at most. Only an answer to the
 * browser itself can set the cookie anew: neither the pages' look-ups nor the api's renew anything.
 */
export function SessionRenewal() {
  useEffect(() => {
    const renew = () => {
      // Nobody waits for it, and what it says is judged by the next page.
      if (document.visibilityState !== "visible") return;
      fetch("/api/auth/get-session", { cache: "no-store" })
        .then((answer) => answer.text())
        .catch(() => {});
    };
    renew();
    document.addEventListener("visibilitychange", renew);
    return () => document.removeEventListener("visibilitychange", renew);
  }, []);
  return null;
}
