"use client";

import { useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { FailureText } from "../ui/failure-text.tsx";
import { Section } from "./section.tsx";

// A page on which hardly anybody asks for it need not come with it.
const load = () => import("./deletion-dialog.tsx");

export function DeletionSection({ email }: { email: string }) {
  const [dialog, setDialog] = useState<Awaited<ReturnType<typeof load>>>();
  const [isOpen, setIsOpen] = useState(false);
  const [failure, setFailure] = useState<string>();

  async function open() {
    try {
      setDialog(await load());
      setIsOpen(true);
      setFailure(undefined);
    } catch {
      setFailure("This cannot be loaded right now. Nothing was deleted. Try again in a moment.");
    }
  }

  return (
    <Section title="Delete your account">
      <p className="-mt-2 mb-5 text-body text-quiet">
        Your account and all its tasks, for good. You may want to export them first.
      </p>
      <div className="grid justify-items-start gap-stack">
        <FailureText text={failure} />
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={open}
          className={buttonStyle.secondary}
        >
          Delete account …
        </button>
      </div>
      {dialog && <dialog.DeletionDialog email={email} isOpen={isOpen} onOpenChange={setIsOpen} />}
    </Section>
  );
}
