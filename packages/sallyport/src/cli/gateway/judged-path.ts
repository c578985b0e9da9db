/** RFC 3986 3.3 `path-absolute`, without `;`, which some servers cut off with what follows it. */
const plainPath = /^(?:\/(?:[\w.~!$&'()*+,=:@-]|%[\dA-F]{2})*)+$/i;
/** nginx ends the target at `#`, others do not (RFC 9112 3.2 has none). */
const plainQuery = /^[^\s#]*$/;
/** What a second decoder or another file system would take for more than a letter. */
const ambiguous = /[/\\%;\p{Cc}]|^\.{1,2}$/u;

/**
 * The segments of a request target's path, each percent-decoded once; the last one is empty after
 * a `/` at the end. Undefined for a target that two programs might read in two ways: what is judged
 * here is what the backend must see, whatever its proxy, router or framework normalises.
 */
export function readPath(target: string): readonly string[] | undefined {
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  if (!plainPath.test(path) || !plainQuery.test(target.slice(path.length))) return undefined;
  const segments = path.slice(1).split("/");
  if (segments.slice(0, -1).includes("")) return undefined;
  try {
    const decoded = segments.map(decodeURIComponent);
    // Full-width slashes and dots turn into plain ones where text is normalised (UAX 15).
    const isPlain = decoded.every((segment) => !ambiguous.test(segment.normalize("NFKC")));
    return isPlain ? decoded : undefined;
  } catch {
    return undefined;
  }
}
