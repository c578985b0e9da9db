import * as Bowser from "bowser";
import { differenceInDays, formatDistance } from "date-fns";

/** A session as its user knows it. */
export interface Device {
  /** The session's id, which opens nothing. */
  id: string;
  /** Browser and system, in words. */
  name: string;
  /** When it was seen last, in words. */
  activity: string;
  /** When and from where its user signed in, in words. */
  origin: string;
  isThis: boolean;
}

/** What Better Auth keeps of a session, as far as it is shown. */
interface KeptSession {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  ipAddress?: string | null | undefined;
  userAgent?: string | null | undefined;
}

export function describeDevice(session: KeptSession, ownId: string, now: Date): Device {
  const { id, createdAt, updatedAt, ipAddress, userAgent } = session;
  const isThis = id === ownId;
  const signedIn = formatDistance(createdAt, now, { addSuffix: true });
  return {
    id,
    name: deviceName(userAgent),
    activity: isThis ? "Active now" : lastActive(updatedAt, now),
    origin: `Signed in ${signedIn}${ipAddress ? ` from ${ipAddress}` : ""}`,
    isThis,
  };
}

/** `noted` moves once a day at most: what happened in the day after it is not known. */
function lastActive(noted: Date, now: Date): string {
  const days = differenceInDays(now, noted);
  if (days < 1) return "Active within the last day";
  return days === 1 ? "Last active 1 to 2 days ago" : `Last active ${days} to ${days + 1} days ago`;
}

/** A browser says of itself what it likes: what cannot be read is not shown. */
function deviceName(userAgent: string | null | undefined): string {
  if (!userAgent) return "Unknown browser";
  const { browser, os } = Bowser.parse(userAgent);
  const name = browser.name || "Unknown browser";
  return os.name ? `${name} on ${os.name}` : name;
}
