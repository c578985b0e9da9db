import { UsageError } from "../usage-error.ts";

type Segment = { kind: "literal"; text: string } | { kind: "any" } | { kind: "owner" };

/** `/api/{user_id}/tasks/*`: `*` is one segment, `**` at the end any number of them, also none. */
export interface PathPattern {
  segments: readonly Segment[];
  isOpen: boolean;
}

export function parsePattern(option: string, text: string): PathPattern {
  const parts = text.startsWith("/") ? text.slice(1).split("/") : [];
  const isOpen = parts.at(-1) === "**";
  const segments = (isOpen ? parts.slice(0, -1) : parts).map((part, index): Segment => {
    if (part === "*") return { kind: "any" };
    if (/^\{\w+\}$/.test(part)) return { kind: "owner" };
    const isLast = index === parts.length - 1;
    if (/^[\w.~-]+$/.test(part) || (part === "" && isLast)) return { kind: "literal", text: part };
    throw new UsageError(
      `--${option} must be a path of plain segments, *, {user_id} and ** at its end, found ${JSON.stringify(text)}`,
    );
  });
  if (parts.length === 0) {
    throw new UsageError(
      `--${option} must be a path that begins with /, found ${JSON.stringify(text)}`,
    );
  }
  return { segments, isOpen };
}

export function countOwners({ segments }: PathPattern): number {
  return segments.filter(({ kind }) => kind === "owner").length;
}

/** Whether the path is meant; `owner` is the segment that `{user_id}` stands for. */
export function matchPattern(
  pattern: PathPattern,
  path: readonly string[],
  sameText: (a: string, b: string) => boolean,
): { owner: string | undefined } | undefined {
  const { segments, isOpen } = pattern;
  if (isOpen ? path.length < segments.length : path.length !== segments.length) return undefined;
  let owner: string | undefined;
  for (const [index, segment] of segments.entries()) {
    const text = path[index] ?? "";
    if (segment.kind === "literal" && !sameText(segment.text, text)) return undefined;
    if (segment.kind === "owner") owner = text;
  }
  return { owner };
}
