import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { readSession } from "../../auth/read-session.ts";
import { signInPath } from "../../auth/return-path.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignedInHeader } from "../../auth/signed-in-header.tsx";
import { sharedRuntime } from "../../runtime/global-runtime.ts";
import { readFirstPage } from "../../tasks/read-first-page.ts";
import { TaskBoard } from "../../tasks/task-board.tsx";
import { parseTaskView, taskViewAddress } from "../../tasks/task-view.ts";
import { todayAt } from "../../tasks/time-zone.ts";

export const metadata: Metadata = { title: "Your tasks" };

interface DashboardPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function DashboardPage({ searchParams }: DashboardPageProps) {
  const session = await readSession();
  const asked = await searchParams;
  const view = parseTaskView({ get: (name) => [asked[name] ?? []].flat()[0] ?? null });
  const here = taskViewAddress(view);
  if (session.state === "unavailable") return <SessionUnavailable path={here} />;
  if (session.state === "signed-out") redirect(signInPath(here));
  const { user } = session;
  const { apiUrl, authMode } = (await sharedRuntime()).config;
  const today = todayAt(new Date(), await cookies());
  return (
    <>
      <SignedInHeader email={user.email} current="tasks" />
      {/* Its end can be scrolled out from under the bar that tells of trouble. */}
      <main className="mx-auto w-full max-w-2xl px-gutter pt-6 pb-52 sm:pt-10 sm:pb-32">
        <TaskBoard
          apiUrl={apiUrl}
          authMode={authMode}
          userId={user.id}
          first={{ view, today, page: await readFirstPage(user.id, view, today) }}
        />
      </main>
    </>
  );
}
