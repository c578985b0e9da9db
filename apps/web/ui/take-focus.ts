import type { RefObject } from "react";

/** A ref for what appears because somebody asked for it: the keyboard goes on from there. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}

/** A ref for what goes when it has done its work: the keyboard, if it is there, goes on at `next`. */
export function handFocusTo(next: RefObject<HTMLElement | null>) {
  return (element: HTMLElement | null) => () => {
    if (document.activeElement === element) next.current?.focus();
  };
}
