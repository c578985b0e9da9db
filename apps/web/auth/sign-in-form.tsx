"use client";

import * as v from "valibot";
import { buttonStyle } from "../ui/button-style.ts";
import { TextField } from "../ui/field.tsx";
import { accountFailureOf } from "./account-failure.ts";
import { accountFields } from "./account-fields.ts";
import { AccountForm } from "./account-form.tsx";
import { authClient } from "./auth-client.ts";
import { PasswordField } from "./password-field.tsx";
import { useAccountForm } from "./use-account-form.ts";

const credentials = v.object({ email: accountFields.email, password: accountFields.password });

/** Leads to `destination`, a path of this origin. */
export function SignInForm({ destination }: { destination: string }) {
  const form = useAccountForm(credentials, async (entered) => {
    const failure = await accountFailureOf(authClient.signIn.email(entered));
    // A full navigation, so that the page is asked for with the new cookie.
    if (!failure) location.assign(destination);
    return failure;
  });
  return (
    <AccountForm
      onSubmit={form.onSubmit}
      failure={form.failure}
      isBusy={form.isSubmitting || form.hasSucceeded}
      submitLabel="Sign in"
      submitStyle={buttonStyle.primary}
    >
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        {...form.field("email")}
      />
      <PasswordField label="Password" autoComplete="current-password" {...form.field("password")} />
    </AccountForm>
  );
}
