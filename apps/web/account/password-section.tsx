"use client";

import { useRouter } from "next/navigation";

import { useCallback, useState } from "react";
import * as v from "valibot";

import { accountFailureOf } from "../auth/account-failure.ts";
import { accountFields } from "../auth/account-fields.ts";
import { AccountForm } from "../auth/account-form.tsx";
import { authClient } from "../auth/auth-client.ts";
import { NewPasswordField } from "../auth/new-password-field.tsx";
import { PasswordField } from "../auth/password-field.tsx";
import { useAccountForm } from "../auth/use-account-form.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { showToast } from "../ui/toasts.tsx";
import { Section } from "./section.tsx";

const { password, newPassword } = accountFields;
const change = v.object({ password, newPassword });

export function PasswordSection({ name, email }: { name: string; email: string }) {
  const router = useRouter();
  const ownWords = useCallback(() => [name, email], [name, email]);
  const [changes, setChanges] = useState(0);
  const form = useAccountForm(change, async (entered) => {
    const failure = await accountFailureOf(
      authClient.changePassword({
        currentPassword: entered.password,
        newPassword: entered.newPassword,
      }),
    );
    if (!failure) {
      form.reset();
      setChanges(changes + 1);
      showToast("Your password is changed. All other devices are signed out.");
      router.refresh();
    }
    return failure;
  });
  return (
    <Section title="Password">
      <p className="-mt-2 mb-5 text-body text-quiet">
        A new password signs out all your other devices.
      </p>
      <AccountForm
        onSubmit={form.onSubmit}
        failure={form.failure}
        isBusy={form.isSubmitting}
        submitLabel="Change password"
        submitStyle={`${buttonStyle.secondary} justify-self-start`}
      >
        {/* Tells a password manager whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          {...form.field("password")}
        />
        <NewPasswordField
          key={changes}
          label="New password"
          ownWords={ownWords}
          {...form.field("newPassword")}
        />
      </AccountForm>
    </Section>
  );
}
