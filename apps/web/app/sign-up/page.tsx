import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CredentialsPage } from "../../auth/credentials-page.tsx";
import { readSession } from "../../auth/read-session.ts";
import { returnPath, signInPath, signUpPath } from "../../auth/return-path.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignUpForm } from "../../auth/sign-up-form.tsx";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const destination = returnPath((await searchParams).next);
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path={signUpPath(destination)} />;
  if (session.state === "signed-in") redirect(destination);
  return (
    <CredentialsPage
      title="Create an account"
      otherwise={{
        question: "Have an account?",
        href: signInPath(destination),
        answer: "Sign in",
      }}
    >
      <SignUpForm destination={destination} />
    </CredentialsPage>
  );
}
