import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountPage } from "../../auth/account-page.tsx";
import { readSession } from "../../auth/read-session.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignUpForm } from "../../auth/sign-up-form.tsx";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage() {
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path="/sign-up" />;
  if (session.state === "signed-in") redirect("/dashboard");
  return (
    <AccountPage
      title="Create an account"
      otherwise={{ question: "Have an account?", href: "/sign-in", answer: "Sign in" }}
    >
      <SignUpForm />
    </AccountPage>
  );
}
