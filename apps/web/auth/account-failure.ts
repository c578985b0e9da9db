/** What the forms of an account ask for; `password` is the one it has, `newPassword` one it gets. */
export type AccountField = "name" | "email" | "password" | "newPassword";

/** Why something with an account did not work, in words for the page. */
export interface AccountFailure {
  /** The field that is wrong, if it is one. */
  field?: AccountField;
  text: string;
  /** There is no session any more: signing in again is the way on. */
  isSignedOut?: true;
}

export const unreachable: AccountFailure = {
  text: "The sign-in service cannot be reached right now. What you typed is kept: try again in a moment.",
};

/** By Better Auth's error codes, and this app's own. */
const failures: Record<string, AccountFailure> = {
  UNAUTHORIZED: { text: "Your session has ended. Sign in again.", isSignedOut: true },
  INVALID_EMAIL_OR_PASSWORD: { text: "E-mail or password is wrong." },
  INVALID_PASSWORD: { field: "password", text: "This is not your password." },
  INVALID_NAME: { field: "name", text: "A name has 1 to 200 characters." },
  INVALID_EMAIL: { field: "email", text: "This is not an e-mail address." },
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    field: "email",
    text: "There is an account with this e-mail address already. Sign in instead?",
  },
  PASSWORD_TOO_SHORT: { field: "newPassword", text: "Choose at least 8 characters." },
  PASSWORD_TOO_LONG: { field: "newPassword", text: "Choose at most 128 characters." },
  TOO_MANY_PASSWORD_ATTEMPTS: {
    text: "Too many attempts for this account. Wait five minutes, then try again.",
  },
  TASKS_NOT_DELETED: {
    text: "The task service cannot be reached right now, so your account is still there. Try again in a moment.",
  },
  INVALID_ORIGIN: {
    text: "The sign-in service does not know the address of this page. Open the app at its own address.",
  },
};

/** What came of a call of Better Auth's client: nothing if it succeeded. */
export async function accountFailureOf(
  call: Promise<{ error: { status: number; code?: string | undefined } | null }>,
): Promise<AccountFailure | undefined> {
  try {
    const { error } = await call;
    return error ? explainAccountFailure(error.status, error.code) : undefined;
  } catch {
    return unreachable;
  }
}

function explainAccountFailure(status: number, code: string | undefined): AccountFailure {
  const failure = code === undefined ? undefined : failures[code];
  if (failure) return failure;
  if (status === 429) return { text: "Too many attempts. Wait ten seconds, then try again." };
  if (status >= 500) return unreachable;
  return { text: "The sign-in service did not accept this. Check what you typed and try again." };
}
