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
      const configured = rateLimit.customRules?.[lookUpPath];
      return {
        context: {
          rateLimit: {
            ...rateLimit,
            customRules: {
              ...rateLimit.customRules,
              [lookUpPath]: (request: Request, current: Rule) => {
                if (isServiceKey(request.headers.get(serviceKeyHeader), serviceKeys)) return false;
                return typeof configured === "function"
                  ? configured(request, current)
                  : (configured ?? current);
              },
            },
          },
        },
      };
    },
  } satisfies BetterAuthPlugin;
}
