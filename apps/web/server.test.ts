import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { spawnWeb, startWeb } from "./test/web-process.ts";

describe("the web process", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-web-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const signals = ["SIGTERM", "SIGINT", "disconnect"] as const;
  for (const signal of signals) {
    it(`ends with code 0 within 4 s of ${signal}, open connections or not`, async () => {
      const web = await startWeb({ DATA_DIR: folder });
      assert.equal((await web.send({ path: "/readyz" })).text, '{"status":"ready"}');
      const idle = await fetch(`http://localhost:${web.port}/healthz`);
      await idle.text();
      const startedAt = performance.now();
      if (signal === "disconnect") web.child.disconnect();
      else web.child.kill(signal);
      assert.equal((await web.exited).code, 0);
      assert.ok(performance.now() - startedAt < 4_000);
    });
  }

  it("refuses a second start on the same data folder, and does no harm to the first", async () => {
    const web = await startWeb({ DATA_DIR: folder });
    const { code, errors } = await spawnWeb({ DATA_DIR: folder }).exited;
    assert.equal(code, 1);
    assert.match(errors, /^Cannot open storage: .*web is in use by another process; .*\n$/);
    assert.equal((await web.send({ path: "/readyz" })).status, 200);
    await web.stop();
  });

  it("refuses a port that is taken, and a configuration that cannot work, in one line", async () => {
    const holder = createServer().unref().listen(0, "localhost");
    await once(holder, "listening");
    const address = holder.address();
    assert.ok(address !== null && typeof address === "object");
    const WEB_PORT = String(address.port);
    const taken = await spawnWeb({ DATA_DIR: folder, WEB_PORT }).exited;
    assert.equal(taken.code, 1);
    assert.equal(
      taken.errors,
      `Cannot start the web app: port ${WEB_PORT} on localhost is taken; stop who holds it, or choose another with WEB_PORT.\n`,
    );
    holder.close();

    const trap = await spawnWeb({ DATA_DIR: folder, API_URL: "http://127.0.0.1:8000" }).exited;
    assert.equal(trap.code, 1);
    assert.match(trap.errors, /^Cannot start the web app: the session cookie of localhost .*\n$/);
  });
});
