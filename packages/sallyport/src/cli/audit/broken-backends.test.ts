import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { after, before, describe, test } from "node:test";
import { jwtVerify } from "jose";
import * as z from "zod";
import { unlimited } from "../../../test/audited-recipes.ts";
import {
  type BetterAuthServer,
  secret,
  serve,
  startBetterAuth,
} from "../../../test/auth-server.ts";
import { serveTasks, soundBackend, type TaskBackend } from "../../../test/task-backend.ts";
import type { AuditClass } from "./case.ts";
import { auditClasses } from "./classes.ts";
import { readAuditConfig } from "./options.ts";
import { performAudit } from "./perform-audit.ts";

const audience = "https://api.example.com";
let auth: BetterAuthServer;
before(async () => {
  auth = await startBetterAuth({
    customRules: unlimited,
    token: { audience },
    settings: { user: { deleteUser: { enabled: true } } },
  });
});
after(() => auth.close());

async function audit(
  changes: Partial<TaskBackend>,
  { mode = "session", classes = auditClasses }: { mode?: string; classes?: readonly AuditClass[] },
) {
  const sound = mode === "jwt" ? soundTokenBackend() : soundBackend(auth.url);
  const backend = await serve(serveTasks({ ...sound, ...changes }));
  try {
    const args = ["--api-url", backend.url, "--auth-url", auth.url, "--mode", mode];
    const config = readAuditConfig(args, { BETTER_AUTH_SECRET: secret });
    assert.ok(config);
    return await performAudit(config, {
      classes,
      identities: undefined,
      stop: AbortSignal.timeout(100_000),
      onProgress() {},
    });
  } finally {
    await backend.close();
  }
}

const claims = z.object({ sub: z.string(), uid: z.string() });

async function verify(token: string, options: Parameters<typeof jwtVerify>[2] = {}) {
  const key = new TextEncoder().encode(secret);
  const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], ...options });
  const { sub, uid } = claims.parse(payload);
  return sub === uid ? sub : undefined;
}

function bearer({ headers: { authorization = "" } }: IncomingMessage): string {
  return authorization.match(/^Bearer ([\w.-]+)$/)?.[1] ?? "";
}

function soundTokenBackend(): TaskBackend {
  const rules = { issuer: auth.origin, audience, typ: "at+jwt" };
  return {
    ...soundBackend(auth.url),
    identify: (request) => verify(bearer(request), rules).catch(() => undefined),
  };
}

const decode = (token: string, part: number): unknown =>
  JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());

/** One break for each class, in what a sound backend has in its place. */
const breaks: Record<string, { what: string; mode?: string; change(): Partial<TaskBackend> }> = {
  credentials: {
    what: "looks the session up without its signature",
    change: () => ({
      async identify({ headers: { cookie = "" } }) {
        const [, token] = decodeURIComponent(cookie).match(/session_token=([^.;]+)/) ?? [];
        return auth.tables.session.find((session) => session.token === token)?.userId;
      },
    }),
  },
  tokens: {
    what: "takes alg none",
    mode: "jwt",
    change: () => ({
      async identify(request) {
        try {
          const token = bearer(request);
          const { alg } = z.object({ alg: z.unknown() }).parse(decode(token, 0));
          return alg === "none" ? claims.parse(decode(token, 1)).sub : await verify(token);
        } catch {
          return undefined;
        }
      },
    }),
  },
  claims: {
    what: "checks no audience",
    mode: "jwt",
    change: () => ({
      identify: (request) =>
        verify(bearer(request), { issuer: auth.origin }).catch(() => undefined),
    }),
  },
  revocation: {
    what: "keeps Better Auth's answers",
    change() {
      const kept = new Map<string, string>();
      const { identify } = soundBackend(auth.url);
      return {
        async identify(request) {
          const { cookie = "" } = request.headers;
          const userId = kept.get(cookie) ?? (await identify(request));
          if (userId !== undefined) kept.set(cookie, userId);
          return userId;
        },
      };
    },
  },
  "other-user": {
    what: "lets everybody who is signed in act for everybody",
    change: () => ({ mayAct: () => true }),
  },
  paths: {
    what: "judges the path as it came and serves it as it is resolved",
    change: () => ({
      readPath: (target) => new URL(target, "http://x").pathname.split("/").slice(1),
      mayAct: (userId, _owner, target) => target.startsWith(`/api/${userId}/`),
    }),
  },
  methods: {
    what: "serves the method that a header names",
    change: () => ({
      methodOf: ({ method = "", headers }) => String(headers["x-http-method-override"] ?? method),
    }),
  },
  "identity-headers": {
    what: "believes X-User-Id",
    change() {
      const { identify } = soundBackend(auth.url);
      return {
        async identify(request) {
          const claimed = request.headers["x-user-id"];
          return typeof claimed === "string" ? claimed : identify(request);
        },
      };
    },
  },
  overrides: {
    what: "takes the owner from the body",
    change: () => ({ ownerOfNew: (owner, { user_id }) => (user_id ? String(user_id) : owner) }),
  },
  "cross-origin": {
    what: "reads JSON of any content type",
    change() {
      const { readBody } = soundBackend(auth.url);
      return { readBody: (_type, text) => readBody("application/json", text) };
    },
  },
  caching: {
    what: "has its answers cached for everybody",
    change: () => ({ headers: () => ({ "cache-control": "public, max-age=60" }) }),
  },
  statuses: {
    what: "answers want of a credential with 500",
    change: () => ({ refuse: () => 500 }),
  },
  errors: {
    what: "shows its errors",
    change: () => ({
      readBody: (_type, text) => JSON.parse(text),
      describe: (error) => (error instanceof Error ? String(error.stack) : ""),
    }),
  },
};

describe("an audit of a backend that is none of ours", () => {
  for (const mode of ["session", "jwt"]) {
    test(`finds nothing in a sound one that refuses with 400 (${mode})`, async () => {
      const { verdict, classes, leftBehind } = await audit({}, { mode });
      const failed = classes.flatMap(({ results }) =>
        results.filter(({ outcome }) => outcome === "fail"),
      );
      assert.deepEqual(failed, []);
      assert.equal(verdict, "sound");
      assert.deepEqual(leftBehind, []);
      assert.deepEqual(auth.tables.user, []);
    });
  }

  test("has a broken backend for each class", () => {
    assert.deepEqual(Object.keys(breaks).sort(), auditClasses.map(({ id }) => id).sort());
  });

  for (const auditClass of auditClasses) {
    const broken = breaks[auditClass.id];
    assert.ok(broken);
    test(`finds one out that ${broken.what} (${auditClass.id})`, async () => {
      const { mode = "session", change } = broken;
      const { verdict, counts } = await audit(change(), { mode, classes: [auditClass] });
      assert.equal(verdict, "broken");
      assert.ok(counts.fail > 0);
    });
  }

  test("says which case has spoilt a list, and plays no other by it", async () => {
    let isSpoilt = false;
    const { readBody } = soundBackend(auth.url);
    const { verdict, classes } = await audit(
      {
        readBody(type, text) {
          isSpoilt ||= text.includes("\\ud800");
          return readBody(type, text);
        },
        headers() {
          if (isSpoilt) throw new Error("no UTF-8");
          return {};
        },
      },
      { classes: auditClasses.filter(({ id }) => id === "errors") },
    );
    assert.equal(verdict, "broken");
    const failed = classes[0]?.results.filter(({ outcome }) => outcome === "fail") ?? [];
    assert.deepEqual(
      failed.map(({ name }) => name),
      ["a lone surrogate"],
    );
  });

  test("judges nothing by a backend that does not let its own users in", async () => {
    await assert.rejects(
      audit({ identify: async () => undefined }, {}),
      /GET .* answered 400 to its owner/,
    );
    assert.deepEqual(auth.tables.user, []);
  });
});
