import { UsageError } from "../usage-error.ts";
import { countOwners, matchPattern, type PathPattern, parsePattern } from "./path-pattern.ts";

/** What a path asks of a caller: nothing, to be somebody, or to be its owner. */
type Demand = { kind: "public" } | { kind: "authenticated" } | { kind: "owner"; owner: string };

export type PathRules = (method: string, path: readonly string[]) => Demand;

interface PublicRule {
  methods: readonly string[];
  pattern: PathPattern;
}

const exactly = (a: string, b: string) => a === b;
const inAnyCase = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * Everything needs a caller but what is named public, exactly. The owner's patterns hold in any
 * case of letters: a backend that does not tell them apart must not get round the check.
 */
export function createPathRules(options: {
  owner: readonly string[];
  public: readonly string[];
}): PathRules {
  const owned = options.owner.map(parseOwner);
  const open = options.public.map(parsePublic);
  return (method, path) => {
    const isPublic = open.some(
      ({ methods, pattern }) =>
        methods.includes(method) && matchPattern(pattern, path, exactly) !== undefined,
    );
    if (isPublic) return { kind: "public" };
    const owners = owned.flatMap((pattern) => matchPattern(pattern, path, inAnyCase)?.owner ?? []);
    const [owner, ...others] = new Set(owners);
    if (owner === undefined) return { kind: "authenticated" };
    // A path of two owners is nobody's: no user id is empty.
    return { kind: "owner", owner: others.length === 0 ? owner : "" };
  };
}

function parseOwner(text: string): PathPattern {
  const pattern = parsePattern("owner", text);
  if (countOwners(pattern) === 1) return pattern;
  throw new UsageError(`--owner must name {user_id} once, found ${JSON.stringify(text)}`);
}

/** `/docs/**` is for reading; another method is named: `POST /webhooks/*`. */
function parsePublic(text: string): PublicRule {
  const [, method, path = ""] = /^(?:([A-Z]+) )?(.*)$/s.exec(text) ?? [];
  const pattern = parsePattern("public", path);
  if (countOwners(pattern) > 0) {
    throw new UsageError(`--public must not name an owner, found ${JSON.stringify(text)}`);
  }
  return { methods: method === undefined ? ["GET", "HEAD"] : [method], pattern };
}
