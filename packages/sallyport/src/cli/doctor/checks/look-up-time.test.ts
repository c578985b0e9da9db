import assert from "node:assert/strict";
import { test } from "node:test";
import { testFindings } from "../../../../test/findings.ts";
import { lookUpTime, percentile } from "./look-up-time.ts";

let lookUps = 0;
const json = { "content-type": "application/json" };

testFindings(lookUpTime, {
  "look-ups-slow": [
    {
      how: "one look-up in ten takes 60 ms",
      setUp: {
        front: ({ url }, response) => {
          if (!url?.endsWith("/sallyport/sessions")) return false;
          lookUps += 1;
          const ms = lookUps % 10 === 0 ? 60 : 0;
          setTimeout(() => response.writeHead(200, json).end('{"results":[null]}'), ms);
          return true;
        },
      },
    },
  ],
});

test("the 95th percentile of a hundred values is the 95th of them", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(percentile(values, 50), 50);
  assert.equal(percentile(values, 95), 95);
  assert.equal(percentile([7], 95), 7);
});
