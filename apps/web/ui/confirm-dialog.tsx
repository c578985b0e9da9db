"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { buttonStyle } from "./button-style.ts";

interface ConfirmDialogProps {
  title: string;
  text: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What else is asked for, and the button that does it. */
  children: ReactNode;
}

/**
 * Asks before what cannot be taken back. Escape and "Cancel" leave everything as it is, and the
 * keyboard where it was.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, text, isOpen, onOpenChange, children } = props;
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-20 bg-black/50 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="fixed inset-x-4 top-1/2 z-30 mx-auto max-h-[calc(100dvh-2rem)] max-w-md -translate-y-1/2 overflow-y-auto rounded-card border border-line bg-surface p-5 shadow-xl transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 sm:p-7">
          <AlertDialog.Title className="text-lead font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-quiet">{text}</AlertDialog.Description>
          <div className="mt-6 grid gap-stack">
            {children}
            <AlertDialog.Close className={`${buttonStyle.secondary} w-full`}>
              Cancel
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
