import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { readSession } from "../../auth/read-session.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignOutButton } from "../../auth/sign-out-button.tsx";
import { sharedRuntime } from "../../runtime/global-runtime.ts";
import { readFirstPage } from "../../tasks/read-first-page.ts";
import { TaskBoard } from "../../tasks/task-board.tsx";
import { SiteHeader } from "../../ui/site-header.tsx";

export const metadata: Metadata = { title: "Your tasks" };

export default async function DashboardPage() {
  const session = await readSession();
  if (session.state === "unavailable") return <SessionUnavailable path="/dashboard" />;
  if (session.state === "signed-out") redirect("/sign-in");
  const { user } = session;
  const { apiUrl, authMode } = (await sharedRuntime()).config;
  return (
    <>
      <SiteHeader>
        <div className="flex min-w-0 items-center gap-2">
          <p className="hidden truncate text-small text-quiet sm:block">{user.email}</p>
          <SignOutButton />
        </div>
      </SiteHeader>
      <main className="mx-auto w-full max-w-2xl px-gutter pt-6 pb-24 sm:pt-10">
        <TaskBoard
          apiUrl={apiUrl}
          authMode={authMode}
          userId={user.id}
          firstPage={await readFirstPage(user.id)}
        />
      </main>
    </>
  );
}
