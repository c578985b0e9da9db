const cookieName = "time_zone";
const yearSeconds = 365 * 24 * 60 * 60;

/** Tells the server where the person is, for the pages to come. In the browser. */
export function tellTimeZone(): void {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store needs https in some browsers.
  document.cookie = `${cookieName}=${timeZone}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

/**
 * The day that it is in the time zone that the browser has told, as `YYYY-MM-DD`; UTC's if it has
 * told none, or nonsense.
 */
export function todayAt(
  now: Date,
  cookies: { get(name: string): { value: string } | undefined },
): string {
  return dayIn(cookies.get(cookieName)?.value ?? "UTC", now) ?? now.toISOString().slice(0, 10);
}

function dayIn(timeZone: string, now: Date): string | undefined {
  try {
    // Sweden writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(now);
  } catch {
    return undefined;
  }
}
