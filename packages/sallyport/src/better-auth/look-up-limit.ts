import type { AuthContext } from "better-auth";
import { serviceKeyHeader } from "../core/service-key.ts";
import { serviceKeyCheck } from "./service-keys.ts";

const lookUpPaths = ["/get-session", "/session", "/sallyport/sessions"];

interface Rule {
  window: number;
  max: number;
}

/** The rate limits as configured, save that they do not stop who shows a service key at a look-up. */
export function exemptBackends(auth: AuthContext): AuthContext["rateLimit"] {
  const isBackend = serviceKeyCheck(auth);
  const configured = auth.rateLimit.customRules ?? {};
  // Better Auth takes the first rule whose pattern matches, so these come first, and leave
  // everyone else to the rule that would have been taken without them.
  const exemptions = lookUpPaths.map((path) => {
    const rule = Object.entries(configured).find(([pattern]) => covers(pattern, path))?.[1];
    const exempting = (request: Request, current: Rule) => {
      if (isBackend(request.headers.get(serviceKeyHeader))) return false;
      return typeof rule === "function" ? rule(request, current) : (rule ?? current);
    };
    return [path, exempting] as const;
  });
  const others = Object.entries(configured).filter(([pattern]) => !lookUpPaths.includes(pattern));
  return { ...auth.rateLimit, customRules: Object.fromEntries([...exemptions, ...others]) };
}

/** Patterns are paths in which `*` and `**` stand for any characters, and `?` for one. */
function covers(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(path);
}
