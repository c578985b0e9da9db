import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CredentialsPage } from "../../auth/credentials-page.tsx";
import { readSession } from "../../auth/read-session.ts";
import { returnPath, signInPath, signUpPath } from "../../auth/return-path.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignInForm } from "../../auth/sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const destination = returnPath((await searchParams).next);
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path={signInPath(destination)} />;
  if (session.state === "signed-in") redirect(destination);
  return (
    <CredentialsPage
      title="Sign in"
      otherwise={{
        question: "No account yet?",
        href: signUpPath(destination),
        answer: "Create one",
      }}
    >
      <SignInForm destination={destination} />
    </CredentialsPage>
  );
}
