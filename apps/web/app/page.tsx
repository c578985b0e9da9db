import { readSession } from "../auth/read-session.ts";
import { SessionUnavailable } from "../auth/session-unavailable.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { SiteHeader } from "../ui/site-header.tsx";

const promises = [
  {
    title: "Checked now",
    text: "Every request asks whether your session still stands. Sign out anywhere, and the very next one is refused.",
  },
  {
    title: "Yours alone",
    text: "Tasks are found by who you are. Another person’s address answers with a closed door.",
  },
  {
    title: "Honest in an outage",
    text: "When the check cannot be made, nobody is signed out: the page says so and keeps your work.",
  },
];

export default async function HomePage() {
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path="/" />;
  const isSignedIn = session.state === "signed-in";
  return (
    <>
      <SiteHeader>
        {!isSignedIn && (
          <a href="/sign-in" className={`${buttonStyle.quiet} -mr-2`}>
            Sign in
          </a>
        )}
      </SiteHeader>
      <main className="mx-auto w-full max-w-2xl grow px-gutter pt-14 pb-20 sm:pt-24">
        <h1 className="text-display font-semibold tracking-tight text-balance">
          A task list behind two doors.
        </h1>
        <p className="mt-5 max-w-prose text-lead text-quiet">
          A sally port is a gate with two doors that are never open at once. This app keeps your
          tasks behind one: first your session is checked, then that what you ask for is yours.
        </p>
        <div className="mt-8 flex flex-wrap gap-3">
          {isSignedIn ? (
            <a href="/dashboard" className={buttonStyle.primary}>
              Go to your tasks
            </a>
          ) : (
            <>
              <a href="/sign-up" className={buttonStyle.primary}>
                Create an account
              </a>
              <a href="/sign-in" className={buttonStyle.secondary}>
                Sign in
              </a>
            </>
          )}
        </div>
        <ul className="mt-16 grid gap-8 border-t border-line pt-8 sm:grid-cols-3 sm:gap-6">
          {promises.map(({ title, text }) => (
            <li key={title}>
              <h2 className="font-semibold">{title}</h2>
              <p className="mt-1.5 text-body text-quiet">{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
