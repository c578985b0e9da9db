import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createKeptDrafts, type KeptDrafts } from "./kept-drafts.ts";

const draft = { title: "Buy milk", description: "" };

describe("drafts that outlive a sign-in", () => {
  let items: Map<string, string>;
  let ada: KeptDrafts;
  beforeEach(() => {
    items = new Map();
    ada = draftsOf("ada");
  });

  /** In one tab. */
  const draftsOf = (userId: string) =>
    createKeptDrafts(userId, () => ({
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => items.set(key, value),
      removeItem: (key) => items.delete(key),
    }));

  it("are those of the forms that are open and not empty", () => {
    ada.watch("new", () => draft);
    ada.watch("empty", () => ({ title: "", description: "" }));
    ada.watch("closed", () => draft)();
    ada.keep();
    const back = draftsOf("ada");
    assert.deepEqual(
      ["new", "empty", "closed"].map((form) => back.has(form)),
      [true, false, false],
    );
  });

  it("are given back once, and leave nothing behind", () => {
    ada.watch("new", () => draft);
    ada.keep();
    const back = draftsOf("ada");
    assert.deepEqual(back.take("new"), draft);
    assert.equal(back.take("new"), undefined);
    assert.equal(items.size, 0);
  });

  it("wait for their form to open, whatever else is kept meanwhile", () => {
    ada.watch("of a task further down", () => draft);
    ada.keep();
    const back = draftsOf("ada");
    back.watch("new", () => ({ title: "Another", description: "" }));
    back.keep();
    assert.deepEqual(draftsOf("ada").take("of a task further down"), draft);
  });

  it("are never given to another user, who removes them by looking", () => {
    ada.watch("new", () => draft);
    ada.keep();
    const eve = draftsOf("eve");
    assert.equal(eve.has("new"), false);
    assert.equal(eve.take("new"), undefined);
    assert.equal(items.size, 0);
  });

  it("are none where storage is off, or holds something else", () => {
    const off = createKeptDrafts("ada", () => {
      throw new Error("denied");
    });
    off.watch("new", () => draft);
    off.keep();
    assert.equal(off.take("new"), undefined);
    for (const text of ["{", "null", '{"userId":"ada"}', '{"userId":"ada","drafts":{"new":1}}']) {
      items.set("sallyport.drafts", text);
      assert.equal(ada.take("new"), undefined, text);
    }
  });
});
