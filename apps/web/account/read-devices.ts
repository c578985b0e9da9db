import { describeError } from "@sallyport/server";
import { headers } from "next/headers";
import { sharedRuntime } from "../runtime/global-runtime.ts";
import { type Device, describeDevice } from "./device.ts";

/** The devices of the request's user, this one first; undefined when nobody can say. */
export async function readDevices(ownSessionId: string): Promise<Device[] | undefined> {
  const { auth, log } = await sharedRuntime();
  try {
    const sessions = await auth.api.listSessions({
      headers: await headers(),
      // As in `readSession`: what is renewed here would be lost to the browser.
      query: { disableRefresh: true },
    });
    const now = new Date();
    return sessions
      .toSorted((one, other) => other.updatedAt.getTime() - one.updatedAt.getTime())
      .map((session) => describeDevice(session, ownSessionId, now))
      .toSorted((one, other) => Number(other.isThis) - Number(one.isThis));
  } catch (cause) {
    log.warn({ cause: describeError(cause) }, "devices cannot be listed");
    return undefined;
  }
}
