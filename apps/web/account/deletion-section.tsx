"use client";

import { useState } from "react";
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
import { Section } from "./section.tsx";

const proof = v.object({ password: accountFields.password });

/** It may have come half-way: the tasks go first. */
const uncertain =
  "The account could not be deleted yet. Some or all of its tasks may be gone already. Try again: it goes on from there.";

export function DeletionSection({ email }: { email: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section title="Delete your account">
      <p className="-mt-2 mb-5 text-body text-quiet">
        Your account and all its tasks, for good. You may want to export them first.
      </p>
      <ConfirmDialog
        trigger={
          <button type="button" className={buttonStyle.secondary}>
            Delete account …
          </button>
        }
        title="Delete your account?"
        text="Your account and all its tasks are deleted at once, on every device. Nobody can bring them back."
        isOpen={isOpen}
        onOpenChange={setIsOpen}
      >
        <DeletionForm email={email} />
      </ConfirmDialog>
    </Section>
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
