import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fuzzed, fuzzSeed } from "../../../test/fuzzing.ts";
import { readPath } from "./judged-path.ts";

const plain: [target: string, segments: string[]][] = [
  ["/", [""]],
  ["/api/ada/tasks", ["api", "ada", "tasks"]],
  ["/api/ada/tasks/", ["api", "ada", "tasks", ""]],
  ["/api/ada/tasks?x=/../%2F;%", ["api", "ada", "tasks"]],
  ["/api/Zo%C3%AB%20B/a@b,c", ["api", "Zoë B", "a@b,c"]],
  ["/%61pi/a%2Bb+c", ["api", "a+b+c"]],
  ["/.well-known/x...y/.a", [".well-known", "x...y", ".a"]],
];

const ambiguous = {
  "another form of target": ["", "*", "ada:80", "http://x/api/ada", "//x/api/ada", "api/ada", "?x"],
  "empty segments": ["/api//ada", "/api/ada//", "//"],
  "dot segments": ["/.", "/..", "/api/./ada", "/api/bob/../ada", "/api/bob/..", "/api/..?x"],
  "encoded dot segments": ["/api/%2e%2e/ada", "/api/.%2E/ada", "/api/%2e/ada", "/%E2%80%A5/x"],
  "encoded slashes": ["/api%2Fada", "/api/bob%2f..%2Fada", "/api/%EF%BC%8Fada", "/a%E2%84%80b"],
  backslashes: ["/api\\ada", "/api/bob/..\\ada", "/api/bob%5C..%5cada", "/%EF%BC%BC"],
  "double encoding": ["/api/%252e%252e/ada", "/api/%2561da", "/api/100%25", "/%EF%BC%852e"],
  "broken encoding": ["/api/%", "/api/%2", "/api/%zz", "/api/%u0061da"],
  "bytes that are no UTF-8": [
    "/%ff",
    "/%C0%AE",
    "/%c0%af",
    "/%ED%A0%80",
    "/%E0%80%AF",
    "/%F4%90%80%80",
  ],
  "control characters": ["/api/ada%00", "/api/ada%0d%0a", "/api/%7F", "/%C2%85", "/a\tb", "/a\0b"],
  parameters: ["/api/ada;x", "/api/..;/ada", "/api/bob;/../ada", "/api/ada%3Bx", "/%CD%BE"],
  "what is not encoded": [
    "/api/é",
    "/api/a b",
    '/api/"',
    "/api/<x>",
    "/api/{id}",
    "/api/a|b",
    "/a^b",
  ],
  fragments: ["/api/ada#x", "/api/ada#/../bob", "/api/ada?x#y"],
  "white space in the query": ["/api/ada?a b", "/api/ada?a\tb"],
};

describe("the path that is judged", () => {
  for (const [target, segments] of plain) {
    test(`SEC18 ${target} is ${JSON.stringify(segments)}`, () => {
      assert.deepEqual(readPath(target), segments);
    });
  }
  for (const [what, targets] of Object.entries(ambiguous)) {
    test(`SEC18 ${what} can be read in two ways, and is refused`, () => {
      for (const target of targets) assert.equal(readPath(target), undefined, target);
    });
  }

  test(`SEC18 what is read is what a URL parser and a router that decodes once read (seed ${fuzzSeed})`, () => {
    const piece = fc.constantFrom(
      ...["/", "/", "/", ".", "..", "%2e", "%2F", "%5c", "\\", ";", "%25", "2e", "%00", "#", "?"],
      ...[
        "api",
        "ada",
        "bob",
        "a",
        "%61",
        "%C3%AB",
        "%ff",
        "é",
        " ",
        "%20",
        "//",
        "@",
        ":",
        "http:",
      ],
    );
    const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
    let read = 0;
    fc.assert(
      fc.property(target, (text) => {
        const segments = readPath(text);
        if (segments === undefined) return;
        read += 1;
        // It resolves dots, turns `\\` and drops what it does not know: none of it changes a thing.
        const { pathname, hostname } = new URL(text, "http://backend");
        assert.equal(hostname, "backend");
        assert.equal(pathname, text.split("?", 1)[0]);
        assert.deepEqual(pathname.slice(1).split("/").map(decodeURIComponent), segments);
        assert.deepEqual(decodeURIComponent(pathname).slice(1).split("/"), segments);
        assert.equal(
          decodeURIComponent(decodeURIComponent(pathname)),
          decodeURIComponent(pathname),
        );
      }),
      fuzzed(1),
    );
    assert.ok(read > 100, `${read} were read`);
  });
});
