"use client";

import { useRouter } from "next/navigation";
import { useId, useRef, useState } from "react";
import { type AccountFailure, accountFailureOf } from "../auth/account-failure.ts";
import { authClient } from "../auth/auth-client.ts";
import { signInPath } from "../auth/return-path.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { FailureText } from "../ui/failure-text.tsx";
import { showToast } from "../ui/toasts.tsx";
import type { Device } from "./device.ts";
import { Section } from "./section.tsx";

export function DevicesSection({ devices }: { devices: Device[] }) {
  const router = useRouter();
  const heading = useRef<HTMLHeadingElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<AccountFailure>();

  async function revoke(call: Parameters<typeof accountFailureOf>[0], done: string) {
    setIsBusy(true);
    const failed = await accountFailureOf(call);
    setIsBusy(false);
    setFailure(failed);
    if (failed?.isSignedOut) location.assign(signInPath(location.pathname));
    if (failed) return;
    // The button is about to go, and the keyboard was on it.
    heading.current?.focus();
    showToast(done);
    router.refresh();
  }

  const revokeOne = ({ id, name }: Device) =>
    revoke(
      authClient.$fetch("/revoke-device", { method: "POST", body: { id } }),
      `Signed out: ${name}.`,
    );
  const revokeOthers = () =>
    revoke(authClient.revokeOtherSessions(), "All other devices are signed out.");

  return (
    <Section title="Devices" headingRef={heading}>
      <p className="-mt-2 mb-2 text-body text-quiet">
        Wherever you are signed in. A device that you revoke is refused from its very next request
        on. Activity is noted once a day.
      </p>
      <ul className="divide-y divide-line">
        {devices.map((device) => (
          <DeviceItem
            key={device.id}
            device={device}
            isBusy={isBusy}
            onRevoke={() => !isBusy && revokeOne(device)}
          />
        ))}
      </ul>
      <div className="mt-4 grid gap-stack empty:hidden">
        <FailureText text={failure?.text} />
        {devices.length > 1 && (
          <button
            type="button"
            aria-disabled={isBusy}
            onClick={() => !isBusy && revokeOthers()}
            className={`${buttonStyle.secondary} justify-self-start`}
          >
            Revoke all others
          </button>
        )}
      </div>
    </Section>
  );
}

interface DeviceItemProps {
  device: Device;
  isBusy: boolean;
  onRevoke: () => void;
}

function DeviceItem({ device, isBusy, onRevoke }: DeviceItemProps) {
  const id = useId();
  const nameId = `${id}-name`;
  return (
    <li className="flex items-center justify-between gap-4 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2 text-body">
          <span id={nameId} className="font-medium">
            {device.name}
          </span>
          {device.isThis && <span className="text-small text-accent">This device</span>}
        </p>
        <p className="text-small text-quiet">{device.activity}</p>
        <p className="text-small text-quiet">{device.origin}</p>
      </div>
      {!device.isThis && (
        <button
          id={id}
          type="button"
          aria-labelledby={`${id} ${nameId}`}
          aria-disabled={isBusy}
          onClick={onRevoke}
          className={`${buttonStyle.alarm} -mr-2 shrink-0`}
        >
          Revoke
        </button>
      )}
    </li>
  );
}
