import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { returnPath, signInPath, signUpPath } from "./return-path.ts";

const origin = "https://tasks.example";

describe("the page after a sign-in", () => {
  it("is the one that somebody came from", () => {
    for (const path of ["/", "/account", "/dashboard?status=open&q=a%20b%2F%2Fc", "/a/b-c_d.e~f"]) {
      assert.equal(returnPath(path), path);
    }
  });

  it("is the tasks when there is none", () => {
    for (const none of [undefined, "", ["/account", "/account"], 7, "account", "?next=/account"]) {
      assert.equal(returnPath(none), "/dashboard");
    }
  });

  it("SEC30 is never on another site, however its address is written", () => {
    for (const hostile of [
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "/\n/evil.example",
      "/\u0000/evil.example",
      "/\u2028/evil.example",
      "/\u200b/evil.example",
      " /account",
      "https:evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "data:text/html,x",
      "/.//evil.example",
      "/..//evil.example",
      "/account/..//evil.example",
      "/%2f/evil.example",
      "/%2F%2Fevil.example",
      "/%5cevil.example",
      "/%5Cevil.example",
      "/%09/evil.example",
      "/%0d%0aLocation:%20//evil.example",
      "/%252f%252fevil.example",
      "/%2e%2e//evil.example",
      "/account//evil.example",
    ]) {
      assert.equal(returnPath(hostile), "/dashboard", hostile);
    }
  });

  it("is none that would send the visitor back to signing in, or that is no page", () => {
    for (const path of [
      "/sign-in",
      "/sign-in?next=/account",
      "/sign-up",
      "/sign-up/",
      "/./sign-in",
      "/account/../sign-in",
      "/api/auth/sign-out",
      "/_next/static/x.js",
    ]) {
      assert.equal(returnPath(path), "/dashboard", path);
    }
    assert.equal(returnPath("/sign-internal"), "/sign-internal");
  });

  it("SEC30 stays on this origin for any text, and is the same when it is asked for again", () => {
    const parts = fc.constantFrom("/", "\\", "//", ".", "..", "%2f", "%5c", ":", "@", "?", "#");
    const odd = fc.constantFrom("\t", "\n", "\u0000", " ", "http:", "evil.example", "a", "sign-in");
    const pieces = fc.array(fc.oneof(parts, odd, fc.string({ unit: "binary", maxLength: 3 })));
    const address = fc.oneof(
      pieces.map((texts) => texts.join("")),
      pieces.map((texts) => `/${texts.join("")}`),
      fc.webUrl(),
      fc.webPath(),
    );
    fc.assert(
      fc.property(address, (next) => {
        const path = returnPath(next);
        assert.equal(new URL(path, origin).origin, origin);
        assert.equal(
          new URL(decodeURIComponent(new URL(path, origin).pathname), origin).origin,
          origin,
        );
        assert.match(path, /^\/(?![/\\])[\x21-\x7e]*$/);
        assert.equal(returnPath(path), path);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the address of the sign-in page", () => {
  it("bears the page to come back to, unless that is the tasks, or not to be trusted", () => {
    assert.equal(signInPath("/account"), "/sign-in?next=%2Faccount");
    assert.equal(signUpPath("/account"), "/sign-up?next=%2Faccount");
    assert.equal(signInPath("/dashboard"), "/sign-in");
    assert.equal(signInPath("//evil.example"), "/sign-in");
  });

  it("gives back what it was given", () => {
    const path = "/dashboard?status=open&q=%26x%3D1";
    const { searchParams } = new URL(signInPath(path), origin);
    assert.equal(returnPath(searchParams.get("next")), path);
  });
});
