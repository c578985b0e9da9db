import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";

const KB = 1024;

describe("the body of a request", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let path: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
    path = `/api/${ada.userId}/tasks`;
  });
  after(() => api.stop());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    api.as(ada, { method: "POST", path, body, headers });

  async function assertRefused(status: number, errorCode: string, answer: ReturnType<typeof post>) {
    const { json, status: found } = await answer;
    assert.equal(found, status);
    assert.partialDeepStrictEqual(json, { error_code: errorCode });
    assert.deepEqual(await api.allTasks(), []);
  }

  const otherTypes = [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json, text/plain",
    "application/json; charset=utf-16",
    "text/plain; application/json",
  ];
  for (const type of otherTypes) {
    it(`SEC22 SEC26 is refused as "${type}" with 415`, () =>
      assertRefused(415, "unsupported_media_type", post({ title: "t" }, { "content-type": type })));
  }

  it("SEC23 is refused compressed with 415", () =>
    assertRefused(
      415,
      "unsupported_media_type",
      post(gzipSync('{"title":"t"}').toString("latin1"), { "content-encoding": "gzip" }),
    ));

  for (const text of ["{", '{"title":"t"', "{title:1}", '{"title":"t"}{}', "\u0000", "NaN"]) {
    it(`SEC22 is refused with 400 when it is ${JSON.stringify(text)}`, () =>
      assertRefused(400, "malformed_request", post(text)));
  }

  it("is missed with 422 where one is needed", () =>
    assertRefused(422, "validation_failed", post("", { "content-type": "text/plain" })));

  it("SEC23 is refused with 413 when it says that it is over 64 KB", () =>
    assertRefused(413, "payload_too_large", post({ title: "x".repeat(64 * KB) })));

  it("SEC23 is refused with 413 when it turns out to be over 64 KB while it is read", () =>
    assertRefused(
      413,
      "payload_too_large",
      post({ title: "x".repeat(64 * KB) }, { "transfer-encoding": "chunked" }),
    ));

  it("SEC23 is judged by its size before its type", () =>
    assertRefused(
      413,
      "payload_too_large",
      post("x".repeat(64 * KB + 1), { "content-type": "text/plain" }),
    ));

  it("SEC23 SEC24 is answered within a second when it nests as deep as fits", async () => {
    const depth = 32 * KB;
    for (const text of ["[".repeat(depth) + "]".repeat(depth), '{"a":'.repeat(10 * KB)]) {
      const startedAt = performance.now();
      const { status } = await post(text);
      assert.ok(status === 422 || status === 400, String(status));
      assert.ok(performance.now() - startedAt < 1_000);
    }
  });

  it("is accepted with a charset, in any case", async () => {
    for (const type of ["application/json; charset=utf-8", 'Application/JSON;Charset="UTF-8"']) {
      assert.equal((await post({ title: "t" }, { "content-type": type })).status, 201);
    }
  });
});
