import type { ReactNode } from "react";
import { readSession } from "sallyport/next";
import { guard } from "../../guard.ts";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const session = await readSession(guard);
  return (
    <>
      <header>{session.ok ? session.user.email : "Not signed in"}</header>
      {children}
    </>
  );
}
