import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJsonObject } from "./strict-json.ts";

const read = (text: string) => parseJsonObject(Buffer.from(text));

test("SEC7 whatever JSON.stringify writes of an object is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (object) => {
      const text = JSON.stringify(object);
      assert.deepEqual(read(text), JSON.parse(text));
    }),
  );
});

test("SEC7 a name given twice is refused wherever it stands and however it is written", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.json(), fc.json(), (name, one, other) => {
      const plain = JSON.stringify(name);
      const escaped = `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
      const twice = `{${plain}:${one},${escaped} :${other}}`;
      assert.equal(read(twice), undefined);
      assert.equal(read(`{"a":[${twice}]}`), undefined);
    }),
  );
});

test("SEC7 names and colons inside strings are no members", () => {
  for (const text of ['{"a":"\\",\\"a\\":1"}', '{"a":["b",":","c"]}', '{"\\\\":"\\\\","a":":"}']) {
    assert.deepEqual(read(text), JSON.parse(text));
  }
});
