"use client";

import type { ComponentProps, ReactNode } from "react";
import { FailureText } from "../ui/failure-text.tsx";
import { NeedsScript } from "../ui/needs-script.tsx";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";

interface AccountFormProps {
  onSubmit: NonNullable<ComponentProps<"form">["onSubmit"]>;
  /** What is wrong with no field of it. */
  failure: string | undefined;
  isBusy: boolean;
  submitLabel: string;
  submitStyle: string;
  children: ReactNode;
}

export function AccountForm(props: AccountFormProps) {
  const { onSubmit, failure, isBusy, submitLabel, submitStyle, children } = props;
  const isHydrated = useIsHydrated();
  return (
    // POST, so that a form sent before this code runs does not put a password into an address.
    <form method="post" noValidate onSubmit={onSubmit} className="grid gap-5">
      {children}
      <FailureText text={failure} />
      <button type="submit" disabled={!isHydrated} aria-disabled={isBusy} className={submitStyle}>
        {isBusy ? "One moment …" : submitLabel}
      </button>
      <NeedsScript />
    </form>
  );
}
