import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "./task-cursor.ts";

it("a cursor gives back the place it was made from", () => {
  const lastDay = new Date("2286-11-20T00:00:00Z");
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: lastDay, noInvalidDate: true }),
      fc.uuid(),
      (createdAt, id) => {
        const cursor = encodeCursor({ createdAt, id });
        assert.match(cursor, /^[\w-]+$/);
        assert.deepEqual(decodeCursor(cursor), { createdAt, id });
      },
    ),
  );
});

it("SEC24 a cursor of a time that no database reads is none", () => {
  for (const time of ["99999999999999", "-1", "1e9", "NaN", ""]) {
    const cursor = Buffer.from(`${time}.01890a5d-ac96-774b-bcce-b302099a8057`).toString(
      "base64url",
    );
    assert.equal(decodeCursor(cursor), null);
  }
});

it("SEC24 whatever else is sent as a cursor is none", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => decodeCursor(text) === null));
});
