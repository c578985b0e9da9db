import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountPage } from "../../auth/account-page.tsx";
import { readSession } from "../../auth/read-session.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignInForm } from "../../auth/sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage() {
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path="/sign-in" />;
  if (session.state === "signed-in") redirect("/dashboard");
  return (
    <AccountPage
      title="Sign in"
      otherwise={{ question: "No account yet?", href: "/sign-up", answer: "Create one" }}
    >
      <SignInForm />
    </AccountPage>
  );
}
