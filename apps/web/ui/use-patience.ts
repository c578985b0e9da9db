"use client";

import { useEffect, useState } from "react";

/** A wait this short passes without a word. */
const UNNOTICED_MS = 300;
/** One this long is shown to go on. */
const LONG_MS = 2_000;

export type Wait = "none" | "noticed" | "long";

/** How long a person has been waiting, in the steps in which a page should tell of it. */
export function usePatience(isWaiting: boolean): Wait {
  const [wait, setWait] = useState<Wait>("none");
  useEffect(() => {
    if (!isWaiting) return;
    const noticed = setTimeout(setWait, UNNOTICED_MS, "noticed");
    const long = setTimeout(setWait, LONG_MS, "long");
    return () => {
      clearTimeout(noticed);
      clearTimeout(long);
      setWait("none");
    };
  }, [isWaiting]);
  return isWaiting ? wait : "none";
}
