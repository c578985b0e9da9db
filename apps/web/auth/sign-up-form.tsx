"use client";

import { useCallback } from "react";
import * as v from "valibot";
import { buttonStyle } from "../ui/button-style.ts";
import { TextField } from "../ui/field.tsx";
import { accountFailureOf } from "./account-failure.ts";
import { accountFields } from "./account-fields.ts";
import { AccountForm } from "./account-form.tsx";
import { authClient } from "./auth-client.ts";
import { NewPasswordField } from "./new-password-field.tsx";
import { useAccountForm } from "./use-account-form.ts";

const { name, email, newPassword } = accountFields;
const newAccount = v.object({ name, email, newPassword });

/** Leads to `destination`, a path of this origin. */
export function SignUpForm({ destination }: { destination: string }) {
  const form = useAccountForm(newAccount, async ({ newPassword: password, ...entered }) => {
    const failure = await accountFailureOf(authClient.signUp.email({ ...entered, password }));
    // A full navigation, so that the page is asked for with the new cookie.
    if (!failure) location.assign(destination);
    return failure;
  });
  const { getValues } = form;
  const ownWords = useCallback(
    () => getValues(["name", "email"]).filter((word) => word !== undefined),
    [getValues],
  );
  return (
    <AccountForm
      onSubmit={form.onSubmit}
      failure={form.failure}
      isBusy={form.isSubmitting || form.hasSucceeded}
      submitLabel="Create account"
      submitStyle={buttonStyle.primary}
    >
      <TextField label="Name" autoComplete="name" required {...form.field("name")} />
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        {...form.field("email")}
      />
      <NewPasswordField label="Password" ownWords={ownWords} {...form.field("newPassword")} />
    </AccountForm>
  );
}
