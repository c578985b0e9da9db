interface Option {
  /** What cannot be created, e.g. `the session scheme`. */
  of: string;
  name: string;
  value: unknown;
}

/** Options that cannot work are mistakes of whoever wrote them: they throw, and say what is wanted. */
export function want(holds: boolean, { of, name, value }: Option, wanted: string): asserts holds {
  if (holds) return;
  throw new TypeError(
    `Cannot create ${of}: ${name} must be ${wanted}, received ${JSON.stringify(value)}`,
  );
}

/** An http(s) address without query, fragment or password; a `/` at its end is taken off. */
export function wantUrl(option: Option & { value: string }, example: string): URL {
  const url = URL.parse(option.value);
  want(
    url !== null && /^https?:\/\/[^?#@]+$/.test(url.href),
    option,
    `an http(s) URL such as ${example}`,
  );
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

/** What can stand between quotes as it is (RFC 9110 11.5, 5.6.4). */
export function wantRealm(option: Option & { value: string }): string {
  want(/^[\w .:/-]+$/.test(option.value), option, "letters, digits, spaces or any of _.:/-");
  return option.value;
}

export function wantWholeNumber(
  option: Option & { value: number },
  { from, to }: { from: number; to: number },
): number {
  const { value } = option;
  want(
    Number.isInteger(value) && value >= from && value <= to,
    option,
    `a whole number from ${from} to ${to}`,
  );
  return value;
}
