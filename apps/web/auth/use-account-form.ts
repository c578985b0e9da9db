"use client";

import { valibotResolver } from "@hookform/resolvers/valibot";
import { useForm } from "react-hook-form";
import type * as v from "valibot";
import type { AccountFailure, AccountField } from "./account-failure.ts";
import { signInPath } from "./return-path.ts";

type Values = Record<AccountField, string>;

/**
 * A form of some of an account's fields. What is wrong is told at its field, which gets the focus;
 * what was typed is kept. `submit` resolves with what went wrong, or with nothing.
 */
export function useAccountForm<Read extends Partial<Values>>(
  schema: v.GenericSchema<Partial<Values>, Read>,
  submit: (values: Read) => Promise<AccountFailure | undefined>,
) {
  const { register, handleSubmit, setError, getValues, reset, formState } = useForm<
    Partial<Values>,
    unknown,
    Read
  >({ resolver: valibotResolver(schema) });
  const { errors, isSubmitting, isSubmitSuccessful } = formState;

  const onSubmit = handleSubmit(async (values) => {
    const failure = await submit(values);
    if (failure === undefined) return;
    if (failure.isSignedOut) location.assign(signInPath(location.pathname));
    const { field = "root", text } = failure;
    const place = field in getValues() ? field : "root";
    setError(place, { message: text }, { shouldFocus: true });
  });

  return {
    /** The properties of the input for this field. */
    field: (name: AccountField) => ({ ...register(name), error: errors[name]?.message }),
    /** What is wrong with no field of it. */
    failure: errors.root?.message,
    isSubmitting,
    hasSucceeded: isSubmitSuccessful,
    getValues,
    reset,
    onSubmit(event: React.SubmitEvent<HTMLFormElement>) {
      event.preventDefault();
      if (!isSubmitting) void onSubmit(event);
    },
  };
}
