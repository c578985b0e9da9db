import type { BetterAuthPlugin } from "better-auth";
import { deriveServiceKey, isServiceKey, serviceKeyHeader } from "./core/service-key.ts";

export { deriveServiceKey } from "./core/service-key.ts";

const lookUpPath = "/get-session";

interface Rule {
  window: number;
  max: number;
}

/**
 * Better Auth server plugin: lets this server's backends, known by their service key, look up
 * sessions without running into the per-address rate limit. Everyone else stays limited.
 */
export function sallyport() {
  return {
    id: "sallyport",
    init({ secretConfig, rateLimit }) {
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
      return {
        context: {
          rateLimit: {
            ...rateLimit,
            customRules: { [lookUpPath]: lookUpRule, ...otherRules },
          },
        },
      };
    },
  } satisfies BetterAuthPlugin;
}

/** Patterns are paths in which `*` and `**` stand for any characters, and `?` for one. */
function coversLookUp(pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(lookUpPath);
}
