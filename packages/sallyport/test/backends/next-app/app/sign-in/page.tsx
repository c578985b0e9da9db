import { redirect } from "next/navigation";
import { readSession } from "sallyport/next";
import { guard } from "../../guard.ts";

export default async function SignInPage() {
  const session = await readSession(guard);
  if (session.ok) redirect("/dashboard");
  return <main>Sign in</main>;
}
