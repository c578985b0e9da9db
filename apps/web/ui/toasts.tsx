"use client";

import { type ComponentType, useEffect, useState } from "react";

// A page that has nothing to tell need not load how it would.
const load = () => import("./toast-list.tsx");

const wanted = new EventTarget();

/** Where a page shows what it is told by `showToast`. */
export function Toasts() {
  const [List, setList] = useState<ComponentType>();
  useEffect(() => {
    const open = () =>
      void load().then(
        ({ ToastList }) => setList(() => ToastList),
        // As below: without a network the page does without toasts.
        () => {},
      );
    wanted.addEventListener("toast", open);
    return () => wanted.removeEventListener("toast", open);
  }, []);
  return List && <List />;
}

/** Says what has just been done, and how to take it back. Returns how to take the words away. */
export function showToast(title: string, undo?: () => void): () => void {
  wanted.dispatchEvent(new Event("toast"));
  const shown = load().then(async ({ mountedManager }) => {
    const manager = await mountedManager;
    const id = manager.add({
      title,
      ...(undo && { actionProps: { children: "Undo", onClick: undo } }),
    });
    return () => manager.close(id);
  });
  // Without a network it may not be there to load; what was done is done all the same.
  shown.catch(() => {});
  return () =>
    void shown.then(
      (close) => close(),
      () => {},
    );
}
