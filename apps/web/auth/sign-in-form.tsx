"use client";

import * as z from "zod/mini";
import { explainAccountFailure } from "./account-failure.ts";
import { AccountForm } from "./account-form.tsx";
import { authClient } from "./auth-client.ts";

const credentials = z.object({ email: z.string(), password: z.string() });

export function SignInForm() {
  return (
    <AccountForm
      submitLabel="Sign in"
      fields={[
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
          autoComplete: "current-password",
          wanted: "Enter your password.",
        },
      ]}
      submit={async (values) => {
        const entered = credentials.parse(Object.fromEntries(values));
        const { error } = await authClient.signIn.email(entered);
        return error ? explainAccountFailure(error.status, error.code) : undefined;
      }}
    />
  );
}
