"use client";

import * as v from "valibot";
import { accountFailureOf, unreachable } from "../auth/account-failure.ts";
import { accountFields } from "../auth/account-fields.ts";
import { AccountForm } from "../auth/account-form.tsx";
import { authClient } from "../auth/auth-client.ts";
import { pageTokens } from "../auth/page-tokens.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { useAccountForm } from "../auth/use-account-form.ts";
import { forgetDrafts } from "../tasks/kept-drafts.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";

const proof = v.object({ password: accountFields.password });

/** It may have come half-way: the tasks go first. */
const uncertain =
  "The account could not be deleted yet. Some or all of its tasks may be gone already. Try again: it goes on from there.";

interface DeletionDialogProps {
  email: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function DeletionDialog({ email, isOpen, onOpenChange }: DeletionDialogProps) {
  return (
    <ConfirmDialog
      title="Delete your account?"
      text="Your account and all its tasks are deleted at once, on every device. Nobody can bring them back."
      isOpen={isOpen}
      onOpenChange={onOpenChange}
    >
      <DeletionForm email={email} />
    </ConfirmDialog>
  );
}

function DeletionForm({ email }: { email: string }) {
  const form = useAccountForm(proof, async (entered) => {
    // One call: the server deletes the tasks when it has seen that the password is right.
    const failure = await accountFailureOf(authClient.deleteUser(entered));
    if (failure) return failure === unreachable ? { text: uncertain } : failure;
    pageTokens.drop();
    forgetDrafts();
    location.assign("/");
    return undefined;
  });
  return (
    <AccountForm
      onSubmit={form.onSubmit}
      failure={form.failure}
      isBusy={form.isSubmitting || form.hasSucceeded}
      submitLabel="Delete for good"
      submitStyle={`${buttonStyle.danger} w-full`}
    >
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        {...form.field("password")}
      />
    </AccountForm>
  );
}
