import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createKeptDrafts, type KeptDrafts } from "./kept-drafts.ts";

const draft = { title: "Buy milk", description: "Oat.", due_on: "2026-12-01" };

describe("drafts that are kept in a tab", () => {
  let items: Map<string, string>;
  let ada: KeptDrafts;
  beforeEach(() => {
    items = new Map();
    ada = draftsOf("ada");
  });

  /** In one tab, after a reload. */
  const draftsOf = (userId: string) =>
    createKeptDrafts(userId, () => ({
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => items.set(key, value),
      removeItem: (key) => items.delete(key),
    }));

  it("are there after a reload, form by form, until they are dropped", () => {
    ada.keep("new", draft);
    ada.keep("task", { ...draft, title: "Buy oat milk" });
    const back = draftsOf("ada");
    assert.deepEqual(back.get("new"), draft);
    assert.equal(back.get("task")?.title, "Buy oat milk");
    back.drop("new");
    assert.equal(ada.get("new"), undefined);
    back.drop("task");
    assert.equal(items.size, 0);
  });

  it("are handed to nobody else, and give way to the next user's", () => {
    ada.keep("new", draft);
    const bob = draftsOf("bob");
    assert.equal(bob.get("new"), undefined);
    bob.keep("task", draft);
    assert.equal(draftsOf("ada").get("new"), undefined);
  });

  it("are none in storage that holds something else", () => {
    for (const value of ["", "{", "null", '{"userId":"ada","drafts":{"new":{"title":1}}}']) {
      items.set("sallyport.drafts", value);
      assert.equal(ada.get("new"), undefined);
    }
  });

  it("are simply not kept where the tab has no storage", () => {
    const off = createKeptDrafts("ada", () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    });
    off.keep("new", draft);
    assert.equal(off.get("new"), undefined);
    off.drop("new");
  });
});
