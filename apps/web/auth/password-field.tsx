"use client";

import { type ComponentProps, type KeyboardEvent, useState } from "react";
import { TextField } from "../ui/field.tsx";

type PasswordFieldProps = Omit<ComponentProps<typeof TextField>, "type">;

/** Says when Caps Lock is on: what is typed cannot be seen. */
export function PasswordField(props: PasswordFieldProps) {
  const [isCapsLockOn, setIsCapsLockOn] = useState(false);
  const readCapsLock = (event: KeyboardEvent) =>
    setIsCapsLockOn(event.getModifierState("CapsLock"));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are the input's; nothing is done here.
    <div onKeyDown={readCapsLock} onKeyUp={readCapsLock} onBlur={() => setIsCapsLockOn(false)}>
      <TextField type="password" required {...props} />
      {/* Always there, so that a screen reader notices when something appears in it. */}
      <p role="status" className="text-small font-medium">
        {isCapsLockOn && <span className="block pt-1.5">Caps Lock is on.</span>}
      </p>
    </div>
  );
}
