"use client";

import { formatISO } from "date-fns";
import { useEffect, useState } from "react";

/**
 * The day that it is where the person is, as `YYYY-MM-DD`. The first rendering has the server's, so
 * that both make the same page.
 */
export function useToday(serverToday: string): string {
  const [today, setToday] = useState(serverToday);
  useEffect(() => {
    const look = () => setToday(formatISO(new Date(), { representation: "date" }));
    look();
    // A page that was left open overnight is looked at again.
    addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    return () => {
      removeEventListener("visibilitychange", look);
      removeEventListener("focus", look);
    };
  }, []);
  return today;
}
