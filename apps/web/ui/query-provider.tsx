"use client";

import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

// Not in a turn of its own: a box would show for a moment that it has not been ticked.
notifyManager.setScheduler(queueMicrotask);

/** Holds what the page has read, until it is left. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Without a network a call fails like any other, in words, and does not wait for one.
          queries: { networkMode: "always", retry: false },
          mutations: { networkMode: "always" },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
