"use client";

import * as z from "zod/mini";
import { explainAccountFailure } from "./account-failure.ts";
import { AccountForm } from "./account-form.tsx";
import { authClient } from "./auth-client.ts";

const newAccount = z.object({ name: z.string(), email: z.string(), password: z.string() });

export function SignUpForm() {
  return (
    <AccountForm
      submitLabel="Create account"
      fields={[
        { name: "name", label: "Name", autoComplete: "name", wanted: "Enter your name." },
        {
          name: "email",
          label: "E-mail",
          type: "email",
          autoComplete: "username",
          wanted: "Enter your e-mail address, such as you@example.com.",
        },
        {
          name: "password",
          label: "Password",
          type: "password",
          autoComplete: "new-password",
          minLength: 8,
          maxLength: 128,
          hint: "At least 8 characters.",
          wanted: "Choose a password of at least 8 characters.",
        },
      ]}
      submit={async (values) => {
        const entered = newAccount.parse(Object.fromEntries(values));
        const { error } = await authClient.signUp.email(entered);
        return error ? explainAccountFailure(error.status, error.code) : undefined;
      }}
    />
  );
}
