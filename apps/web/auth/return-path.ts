/** Where a sign-in leads when nobody came from anywhere. */
const home = "/dashboard";

/** Pages that send a signed-in visitor on, and addresses that are no pages. */
const noDestination = /^\/(sign-in|sign-up|api|_next)(\/|$)/;

// Parsed by the browser's own rules (WHATWG URL): what it would take for another host shows then.
const thisOrigin = "http://this-origin.invalid";

/**
 * The page to go to after a sign-in: `next` if it is a path of this origin, else the tasks.
 * `next` is from an address, which anybody may have written.
 */
export function returnPath(next: unknown): string {
  if (typeof next !== "string" || !/^\/(?![/\\])/.test(next)) return home;
  // The parser drops tabs and newlines, and takes a backslash for a slash.
  if (/[\p{Cc}\p{Cf}\p{Z}\\]/u.test(next)) return home;
  if (!URL.canParse(next, thisOrigin)) return home;
  const { origin, pathname, search } = new URL(next, thisOrigin);
  if (origin !== thisOrigin || noDestination.test(pathname)) return home;
  // "/.//host" parses to "//host". What is encoded here, a proxy may decode; no page's path has it.
  if (/\/\/|%/.test(pathname)) return home;
  return `${pathname}${search}`;
}

/** The sign-in page that leads back to `next`. */
export const signInPath = (next: string): string => entrance("/sign-in", next);

/** The sign-up page that leads back to `next`. */
export const signUpPath = (next: string): string => entrance("/sign-up", next);

function entrance(path: string, next: string): string {
  const destination = returnPath(next);
  return destination === home ? path : `${path}?next=${encodeURIComponent(destination)}`;
}
