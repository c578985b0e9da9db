import type { AuthContext } from "better-auth";
import { deriveServiceKey, isServiceKey } from "../core/service-key.ts";

/** Whether a key is one of this server's backends': of any configured secret, so that they can rotate. */
export function serviceKeyCheck({
  secretConfig,
}: Pick<AuthContext, "secretConfig">): (key: string | null) => boolean {
  const secrets =
    typeof secretConfig === "string"
      ? [secretConfig]
      : [...secretConfig.keys.values(), secretConfig.legacySecret ?? []].flat();
  const keys = secrets.map(deriveServiceKey);
  return (key) => isServiceKey(key, keys);
}
