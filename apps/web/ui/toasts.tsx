"use client";

import { Toast } from "@base-ui/react/toast";
import { buttonStyle } from "./button-style.ts";

/** Told politely, and gone after a while unless the pointer or the focus is on it. */
const STAYS_MS = 8_000;

/** What has just been done, in words; where it can be taken back, with a button for that. */
export const toasts = Toast.createToastManager();

/** F6 leads the keyboard to them. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} timeout={STAYS_MS} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-30 mx-auto grid max-w-sm gap-2">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
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
