import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { DataSection } from "../../account/data-section.tsx";
import { DeletionSection } from "../../account/deletion-section.tsx";
import { DevicesSection } from "../../account/devices-section.tsx";
import { NameSection } from "../../account/name-section.tsx";
import { PasswordSection } from "../../account/password-section.tsx";
import { readDevices } from "../../account/read-devices.ts";
import { readSession } from "../../auth/read-session.ts";
import { signInPath } from "../../auth/return-path.ts";
import { SessionUnavailable } from "../../auth/session-unavailable.tsx";
import { SignedInHeader } from "../../auth/signed-in-header.tsx";
import { sharedRuntime } from "../../runtime/global-runtime.ts";
import { Toasts } from "../../ui/toasts.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const session = await readSession();
  if (session.state === "signed-out") redirect(signInPath("/account"));
  const devices = session.state === "signed-in" ? await readDevices(session.sessionId) : undefined;
  if (session.state === "unavailable" || devices === undefined) {
    return <SessionUnavailable path="/account" />;
  }
  const { id, name, email } = session.user;
  const { apiUrl, authMode } = (await sharedRuntime()).config;
  return (
    <>
      <SignedInHeader email={email} current="account" />
      <main className="mx-auto w-full max-w-2xl px-gutter pt-6 pb-24 sm:pt-10">
        <h1 className="text-title font-semibold tracking-tight">Account</h1>
        <div className="mt-5 grid gap-4">
          <NameSection name={name} email={email} />
          <PasswordSection name={name} email={email} />
          <DevicesSection devices={devices} />
          <DataSection apiUrl={apiUrl} authMode={authMode} userId={id} />
          <DeletionSection email={email} />
        </div>
      </main>
      <Toasts />
    </>
  );
}
