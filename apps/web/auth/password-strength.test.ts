import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { passwordStrength } from "./password-strength.ts";

describe("the strength of a password", () => {
  it("is little for what many people choose, and the words say why", () => {
    assert.equal(
      passwordStrength("password1", []),
      "Very easy to guess. This is a commonly used password.",
    );
    assert.match(passwordStrength("aaaaaaaaaa", []), /^Very easy .* Repeated characters/);
  });

  it("is little for one's own name and e-mail address", () => {
    const typed = "adalovelace@example.com";
    assert.match(passwordStrength(typed, ["Ada", typed]), /^Very easy .* personal/);
    assert.match(passwordStrength(typed, []), /^Very hard/);
  });

  it("is great for what nobody would think of", () => {
    for (const password of ["xK9#mQ2$vL7!", "plinth marmot gazebo 41"]) {
      assert.equal(passwordStrength(password, []), "Very hard to guess.");
    }
  });
});
