import type pg from "pg";
import { ChannelBoundClient } from "./channel-bound-client.ts";

/** libpq's modes that encrypt for certain, all read as the strictest; `disable` never encrypts. */
const encryptingModes = ["require", "verify-ca", "verify-full"];
const bindings = ["disable", "prefer", "require"];

/**
 * How to connect to `databaseUrl`. What pg would ignore or read more loosely than it is written is
 * taken at its word here, or refused: encryption always comes with a checked certificate.
 */
export function connectionOptions(databaseUrl: string): pg.PoolConfig {
  const url = new URL(databaseUrl);
  const mode = url.searchParams.get("sslmode");
  const binding = url.searchParams.get("channel_binding");
  for (const looser of ["ssl", "uselibpqcompat"]) {
    const value = url.searchParams.get(looser);
    if (value !== null) throw refusal(looser, "left out, sslmode says it all", value);
  }
  if (mode !== null && mode !== "disable" && !encryptingModes.includes(mode)) {
    throw refusal("sslmode", "disable, require or verify-full", mode);
  }
  if (binding !== null && !bindings.includes(binding)) {
    throw refusal("channel_binding", bindings.join(", "), binding);
  }
  if (mode !== null && mode !== "disable") url.searchParams.set("sslmode", "verify-full");
  if (binding !== "require") return { connectionString: url.href };
  if (mode === null || mode === "disable") {
    throw refusal("sslmode", "require or verify-full with channel_binding=require", mode);
  }
  return { connectionString: url.href, Client: ChannelBoundClient };
}

function refusal(parameter: string, wanted: string, found: string | null): Error {
  return new Error(
    `Cannot open storage: ${parameter} in DATABASE_URL must be ${wanted}, found ${found === null ? "nothing" : JSON.stringify(found)}.`,
  );
}
