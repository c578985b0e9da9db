"use client";

import { formatISO } from "date-fns";
import { useEffect, useState } from "react";

const LOOK_MS = 60_000;

/**
 * The day that it is where the person is, as `YYYY-MM-DD`. The first rendering has what the server
 * took it for, so that both make the same page.
 */
export function useToday(serverToday: string): string {
  const [today, setToday] = useState(serverToday);
  useEffect(() => {
    const look = () => setToday(formatISO(new Date(), { representation: "date" }));
    look();
    // A page that was left open overnight is looked at again.
    // One that is being looked at when midnight comes.
    const timer = setInterval(look, LOOK_MS);
    addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("visibilitychange", look);
      removeEventListener("focus", look);
    };
  }, []);
  return today;
}
