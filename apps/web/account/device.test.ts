import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeDevice } from "./device.ts";

const now = new Date("2025-06-15T12:00:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

const session = {
  id: "one",
  createdAt: hoursAgo(73),
  updatedAt: hoursAgo(1),
  ipAddress: "192.0.2.7",
  userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0",
};
const describeAs = (change: Partial<Parameters<typeof describeDevice>[0]>, ownId = "another") =>
  describeDevice({ ...session, ...change }, ownId, now);

describe("a device", () => {
  it("is told by browser, system, last activity, and when and from where its user signed in", () => {
    assert.deepEqual(describeAs({}), {
      id: "one",
      name: "Firefox on macOS",
      activity: "Active within the last day",
      origin: "Signed in 3 days ago from 192.0.2.7",
      isThis: false,
    });
  });

  it("that one looks from is active now", () => {
    const { activity, isThis } = describeAs({}, "one");
    assert.deepEqual([activity, isThis], ["Active now", true]);
  });

  it("is said to be active no more exactly than is known: to the day", () => {
    const activities = [0, 23, 24, 47, 48, 140].map(
      (hours) => describeAs({ updatedAt: hoursAgo(hours) }).activity,
    );
    assert.deepEqual(activities, [
      "Active within the last day",
      "Active within the last day",
      "Last active 1 to 2 days ago",
      "Last active 1 to 2 days ago",
      "Last active 2 to 3 days ago",
      "Last active 5 to 6 days ago",
    ]);
  });

  it("whose browser says nothing that can be read is unknown, whatever it says", () => {
    for (const userAgent of [undefined, null, "", " ", "<b>bold</b>", "x".repeat(10_000)]) {
      assert.equal(describeAs({ userAgent }).name, "Unknown browser");
    }
  });

  it("whose address is not known is told without", () => {
    for (const ipAddress of [undefined, null, ""]) {
      assert.equal(describeAs({ ipAddress }).origin, "Signed in 3 days ago");
    }
  });
});
