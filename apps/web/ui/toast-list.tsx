"use client";

import { Toast } from "@base-ui/react/toast";
import { useEffect } from "react";
import { buttonStyle } from "./button-style.ts";

/** Told politely, and gone after a while unless the pointer or the focus is on it. */
const STAYS_MS = 8_000;

const manager = Toast.createToastManager();
const mounted = Promise.withResolvers<typeof manager>();

/** Once there is a place on the page for what it is told. */
export const mountedManager = mounted.promise;

/** F6 leads the keyboard to them. */
export function ToastList() {
  // Effects of what is inside come first: it listens by now.
  useEffect(() => mounted.resolve(manager), []);
  return (
    <Toast.Provider toastManager={manager} timeout={STAYS_MS} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-30 mx-auto grid max-w-md grid-cols-1 gap-2 in-[body:has(.trouble)]:bottom-48 sm:in-[body:has(.trouble)]:bottom-32">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  return Toast.useToastManager().toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-control bg-ink px-4 text-page shadow-lg transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-center justify-between gap-4">
        <Toast.Title className="my-3.5 line-clamp-2 min-w-0 text-small" render={<p />} />
        <Toast.Action className={`${buttonStyle.onInk} shrink-0`} />
      </Toast.Content>
    </Toast.Root>
  ));
}
