import assert from "node:assert/strict";
import { test } from "node:test";
import { splitCompactJws } from "./compact-jws.ts";

const header = Buffer.from('{"alg":"HS256","typ":"at+jwt"}').toString("base64url");
const payload = Buffer.from('{"sub":"ada"} ').toString("base64url");
const signature = Buffer.alloc(32, 7).toString("base64url");

test("SEC4 what is signed is what was received, and nothing is decoded in two ways", () => {
  const jws = splitCompactJws(`${header}.${payload}.${signature}`);
  assert.equal(jws?.signingInput, `${header}.${payload}`);
  assert.deepEqual(jws?.header, { alg: "HS256", typ: "at+jwt" });
  assert.equal(jws?.payload.toString(), '{"sub":"ada"} ');
  assert.deepEqual(jws?.signature, Buffer.alloc(32, 7));
});

test("SEC4 control characters, which no header of HTTP carries, are refused in every part", () => {
  for (const odd of ["\n", "\r\n", "\0", "\t", "\u2028", "\ufeff"]) {
    for (const index of [0, 1, 2]) {
      const parts = [header, payload, signature].map((part, at) =>
        at === index ? `${part.slice(0, 4)}${odd}${part.slice(4)}` : part,
      );
      assert.equal(splitCompactJws(parts.join(".")), undefined, JSON.stringify(parts));
    }
  }
});

test("SEC4 each of the four spellings of a signature's last character but one is refused", () => {
  const last = signature.slice(-1);
  const spellings = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    .split("")
    .filter((character) => {
      const spelled = signature.slice(0, -1) + character;
      return Buffer.from(spelled, "base64url").equals(Buffer.alloc(32, 7));
    });
  assert.equal(spellings.length, 4);
  const accepted = spellings.filter((character) =>
    splitCompactJws(`${header}.${payload}.${signature.slice(0, -1)}${character}`),
  );
  assert.deepEqual(accepted, [last]);
});

test("a header that was read before does not stand for one that only begins like it", () => {
  assert.ok(splitCompactJws(`${header}.${payload}.${signature}`));
  assert.equal(splitCompactJws(`${header}A.${payload}.${signature}`), undefined);
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
  assert.equal(splitCompactJws(`${none}.${payload}.${signature}`)?.header.alg, "none");
  assert.equal(splitCompactJws(`${header}.${payload}.${signature}`)?.header.alg, "HS256");
});
