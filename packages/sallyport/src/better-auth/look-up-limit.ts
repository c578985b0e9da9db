import type { AuthContext } from "better-auth";
import { deriveServiceKey, isServiceKey, serviceKeyHeader } from "../core/service-key.ts";

const lookUpPath = "/get-session";

interface Rule {
  window: number;
  max: number;
}

/** The rate limits as configured, save that they do not stop who shows a service key at a look-up. */
export function exemptBackends({ secretConfig, rateLimit }: AuthContext): AuthContext["rateLimit"] {
  const secrets =
    typeof secretConfig === "string"
      ? [secretConfig]
      : [...secretConfig.keys.values(), secretConfig.legacySecret ?? []].flat();
  const serviceKeys = secrets.map(deriveServiceKey);
  // Better Auth takes the first rule whose pattern matches, so this one comes first, and leaves
  // everyone else to the rule that would have been taken without it.
  const configured = Object.entries(rateLimit.customRules ?? {}).find(([pattern]) =>
    coversLookUp(pattern),
  )?.[1];
  const { [lookUpPath]: _, ...otherRules } = rateLimit.customRules ?? {};
  const lookUpRule = (request: Request, current: Rule) => {
    if (isServiceKey(request.headers.get(serviceKeyHeader), serviceKeys)) return false;
    return typeof configured === "function"
      ? configured(request, current)
      : (configured ?? current);
  };
  return { ...rateLimit, customRules: { [lookUpPath]: lookUpRule, ...otherRules } };
}

/** Patterns are paths in which `*` and `**` stand for any characters, and `?` for one. */
function coversLookUp(pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(lookUpPath);
}
