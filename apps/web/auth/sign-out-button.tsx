"use client";

import { useState } from "react";
import { forgetDrafts } from "../tasks/kept-drafts.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { pageTokens } from "./page-tokens.ts";

export function SignOutButton() {
  const [isBusy, setIsBusy] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);

  async function signOut() {
    if (isBusy) return;
    setIsBusy(true);
    setHasFailed(false);
    // Loaded when it is needed: a page of tasks can do without.
    const succeeded = await import("./auth-client.ts")
      .then(({ authClient }) => authClient.signOut())
      .then(
        ({ error }) => error === null,
        () => false,
      );
    if (succeeded) {
      pageTokens.drop();
      forgetDrafts();
      location.assign("/sign-in");
      return;
    }
    setIsBusy(false);
    setHasFailed(true);
  }

  return (
    <div className="flex flex-wrap items-center justify-end gap-x-2 -mr-2">
      {hasFailed && (
        <p role="alert" className="pr-2 text-right text-small text-alarm">
          That did not work: you are still signed in.
        </p>
      )}
      <button type="button" aria-disabled={isBusy} onClick={signOut} className={buttonStyle.quiet}>
        {hasFailed ? "Try again" : "Sign out"}
      </button>
    </div>
  );
}
