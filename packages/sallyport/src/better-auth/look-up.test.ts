import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { secret, startBetterAuth } from "../../test/auth-server.ts";
import { sign } from "../../test/session-look-ups.ts";
import { createLookUp } from "./look-up.ts";

test("SEC29 what storage says of its failure comes without the tokens that were asked for", async (t) => {
  const { auth, close } = await startBetterAuth();
  t.after(close);
  const tokens = ["a".repeat(32), "b".repeat(32)];
  const adapter = {
    // As Drizzle words it, and PGlite puts the parameters beside it.
    async findMany(): Promise<never> {
      const words = `Failed query: select … params: ${tokens.join(",")}`;
      throw Object.assign(new Error(words), { params: [tokens] });
    },
  };
  const lookUp = createLookUp({ ...(await auth.$context), adapter, secret });
  await assert.rejects(lookUp(tokens.map((token) => sign(token))), (error) => {
    assert.match(String(error), /Failed query: select … params: …,…/);
    const shown = inspect(error, { depth: 10 });
    return tokens.every((token) => !shown.includes(token));
  });
});
