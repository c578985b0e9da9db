"use client";

import { useRouter } from "next/navigation";
import * as v from "valibot";
import { accountFailureOf } from "../auth/account-failure.ts";
import { accountFields } from "../auth/account-fields.ts";
import { AccountForm } from "../auth/account-form.tsx";
import { authClient } from "../auth/auth-client.ts";
import { useAccountForm } from "../auth/use-account-form.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { TextField } from "../ui/field.tsx";
import { showToast } from "../ui/toasts.tsx";
import { Section } from "./section.tsx";

const named = v.object({ name: accountFields.name });

export function NameSection({ name, email }: { name: string; email: string }) {
  const router = useRouter();
  const form = useAccountForm(named, async (entered) => {
    const failure = await accountFailureOf(authClient.updateUser(entered));
    if (!failure) {
      showToast("Your name is saved.");
      router.refresh();
    }
    return failure;
  });
  return (
    <Section title="You">
      <dl className="mb-5 text-body">
        <dt className="text-small font-medium">E-mail</dt>
        <dd className="mt-0.5 text-quiet">{email}</dd>
      </dl>
      <AccountForm
        onSubmit={form.onSubmit}
        failure={form.failure}
        isBusy={form.isSubmitting}
        submitLabel="Save name"
        submitStyle={`${buttonStyle.secondary} justify-self-start`}
      >
        <TextField
          label="Name"
          autoComplete="name"
          required
          defaultValue={name}
          {...form.field("name")}
        />
      </AccountForm>
    </Section>
  );
}
