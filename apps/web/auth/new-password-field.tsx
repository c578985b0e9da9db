"use client";

import { type ComponentProps, useEffect, useState } from "react";
import { PasswordField } from "./password-field.tsx";

/** So long a pause ends a word: nobody is told of every letter. */
const PAUSE_MS = 300;

const rule = "At least 8 characters.";

interface NewPasswordFieldProps
  extends Omit<ComponentProps<typeof PasswordField>, "hint" | "autoComplete"> {
  /** Words that somebody who knows the user would try. */
  ownWords: () => string[];
}

/** Says how hard the password is to guess. That is a hint: Better Auth's rule decides. */
export function NewPasswordField({ ownWords, onChange, ...input }: NewPasswordFieldProps) {
  const [typed, setTyped] = useState("");
  const [strength, setStrength] = useState(rule);

  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(() => {
      void describeStrength(typed, ownWords()).then((words) => {
        if (!isGone) setStrength(words);
      });
    }, PAUSE_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [typed, ownWords]);

  return (
    <PasswordField
      {...input}
      autoComplete="new-password"
      hint={<span role="status">{strength}</span>}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange?.(event);
      }}
    />
  );
}

/** The judge has a long list of passwords with it: only who chooses one waits for that. */
async function describeStrength(password: string, ownWords: string[]): Promise<string> {
  if (password.length < 8) return rule;
  try {
    const { passwordStrength } = await import("./password-strength.ts");
    return passwordStrength(password, ownWords);
  } catch {
    return rule;
  }
}
