import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { type Account, signOut, signUp } from "./account.ts";
import { badCookies } from "./bad-cookies.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const contracts = new URL("../docs/contracts/", import.meta.url);

describe("the contracts that are written down, against the running system", () => {
  let system: TestSystem;
  let ada: Account;
  let left: Account;

  before(async () => {
    system = await startTestSystem();
    ada = await signUp(system.webUrl, "ada");
    left = await signUp(system.webUrl, "left");
    await signOut(system.webUrl, left);
  });
  after(() => system.stop());

  test("docs/contracts/openapi.json is what the api serves", async () => {
    const served = await (await fetch(`${system.apiUrl}/openapi.json`)).json();
    const written = JSON.parse(readFileSync(new URL("openapi.json", contracts), "utf8"));
    assert.deepEqual(served, written);
  });

  describe("docs/contracts/session-validation.yaml", () => {
    const contract = parse(readFileSync(new URL("session-validation.yaml", contracts), "utf8"));
    const session = z.fromJSONSchema(contract.components.schemas.SessionAnswer);
    const path = "/api/auth/get-session?disableCookieCache=true&disableRefresh=true";
    const lookUp = (cookie?: string) =>
      fetch(`${system.webUrl}${path}`, { headers: cookie === undefined ? {} : { cookie } });

    test("describes the answer to a session, which changes nothing", async () => {
      const response = await lookUp(ada.cookie);
      assert.equal(response.status, 200);
      assert.deepEqual(response.headers.getSetCookie(), []);
      const body = await response.json();
      session.parse(body);
      assert.equal(body.user.id, ada.userId);
      assert.equal(body.session.userId, ada.userId);
    });

    test("describes the answer to everything else: 200 null", async () => {
      const cookies = badCookies({ active: ada, revoked: left, expired: left });
      for (const [what, cookie] of Object.entries(cookies)) {
        const response = await lookUp(cookie);
        assert.equal(response.status, 200, what);
        assert.equal(await response.json(), null, what);
      }
    });
  });
});
