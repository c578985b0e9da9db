"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether this code runs the page by now. A form that is sent earlier would be sent to the page's
 * own address: a button that is disabled until then holds it back, Enter included.
 */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
