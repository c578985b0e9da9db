"use client";

import { type RefObject, useMemo } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { handFocusTo } from "../ui/take-focus.ts";
import { useIsOffline } from "../ui/use-is-offline.ts";
import { failureText } from "./task-failure.ts";
import type { Trouble } from "./use-tasks.ts";

interface TroubleBarProps {
  trouble: Trouble | undefined;
  /** Where a session begins that leads back here. */
  signIn: string;
  /** Has the focus when the button has done its work. */
  heading: RefObject<HTMLElement | null>;
}

/** Over the page's lower edge: nothing on it moves. Always there, so that its words are read out. */
export function TroubleBar({ trouble, signIn, heading }: TroubleBarProps) {
  const isOffline = useIsOffline();
  const handOn = useMemo(() => handFocusTo(heading), [heading]);
  const text = isOffline
    ? "You are offline. What you type is kept on this page: try again when you are back."
    : trouble && failureText(trouble.failure);
  return (
    <div role="alert" className="fixed inset-x-4 bottom-4 z-10 mx-auto max-w-2xl">
      {text !== undefined && (
        <div className="trouble flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-control border border-alarm-line bg-alarm-surface px-4 py-3 text-body shadow-lg">
          <p className="min-w-0 flex-1 basis-60">{text}</p>
          {trouble?.failure.kind === "unauthenticated" && (
            <a href={signIn} className={buttonStyle.alarm}>
              Sign in
            </a>
          )}
          {trouble && trouble.failure.kind !== "unauthenticated" && (
            <button
              ref={handOn}
              type="button"
              onClick={trouble.retry}
              className={buttonStyle.alarm}
            >
              Try again
            </button>
          )}
        </div>
      )}
    </div>
  );
}
