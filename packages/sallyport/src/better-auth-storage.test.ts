import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BetterAuthOptions } from "better-auth";
import { CamelCasePlugin, Kysely } from "kysely";
import { engines, type OpenDatabase } from "../test/databases.ts";
import { readProblem } from "../test/session-look-ups.ts";
import { liveOnes, startStoredSessions } from "../test/stored-sessions.ts";

interface Case {
  database: (open: OpenDatabase) => BetterAuthOptions["database"];
  /** For a look-up, whatever the number of sessions. */
  statements: 1 | 2;
  options?: Omit<Parameters<typeof startStoredSessions>[1], "database">;
}

const kysely = ({ dialect }: OpenDatabase) => ({
  db: new Kysely<unknown>({ dialect }),
  type: "postgres" as const,
});
const pool = (open: OpenDatabase) => open.pool;

const ownNames = {
  user: { modelName: 'App "Users"', fields: { email: "E-Mail", name: "display name" } },
  session: {
    modelName: "Sessions; --",
    fields: { token: 'the "token"', expiresAt: "expires_at", userId: "USER" },
  },
  adminSchema: { user: { fields: { banned: "Is Banned" } } },
};
const numbered = { advanced: { database: { generateId: "serial" as const } } };
const uuids = { advanced: { database: { generateId: "uuid" as const } } };

const cases: Record<string, Case> = {
  "a Kysely": { database: kysely, statements: 1 },
  "a Kysely and a schema": {
    database: (open) => ({ ...kysely(open), schemaName: 'Auth "x"' }),
    statements: 1,
  },
  "a Kysely and a schema, under names of its own": {
    database: (open) => ({ ...kysely(open), schemaName: "auth" }),
    statements: 1,
    options: ownNames,
  },
  "a Kysely, with numbers for ids": { database: kysely, statements: 1, options: numbered },
  "a Kysely, with UUIDs for ids": { database: kysely, statements: 1, options: uuids },
  "a Kysely with plugins of its own": {
    database: ({ dialect }) => ({
      db: new Kysely<unknown>({ dialect, plugins: [new CamelCasePlugin()] }),
      type: "postgres",
    }),
    statements: 2,
  },
  "a dialect": {
    database: ({ dialect }) => ({ dialect, type: "postgres" }),
    statements: 2,
  },
  "a dialect, under names of its own, with numbers for ids": {
    database: ({ dialect }) => ({ dialect, type: "postgres" }),
    statements: 2,
    options: { ...ownNames, ...numbered },
  },
};

const poolCases: Record<string, Case> = {
  "a pool, under names with a schema in them": {
    database: pool,
    statements: 1,
    options: { user: { modelName: "public.user" }, session: { modelName: "public.session" } },
  },
  "a pool": { database: pool, statements: 1 },
  "a pool, under names of its own, with numbers for ids": {
    database: pool,
    statements: 1,
    options: { ...ownNames, ...numbered },
  },
};

for (const { engine, open } of engines) {
  describe(`look-ups in ${engine}`, () => {
    const all: Record<string, Case> = engine === "PostgreSQL" ? { ...cases, ...poolCases } : cases;
    for (const [what, { database, statements, options }] of Object.entries(all)) {
      it(`SEC15 by ${what}, say what get-session says, in ${statements} of its statements`, async (t) => {
        const opened = await open(t);
        const auth = await startStoredSessions(t, { database: database(opened), ...options });
        const sessions = await auth.fill();
        // Better Auth reads its schema before it answers its first request.
        await auth.lookUp(["none"]);

        const before = opened.statements();
        const results = await auth.lookUp(Object.values(sessions));
        assert.equal(opened.statements() - before, statements);
        assert.deepEqual(results, await Promise.all(Object.values(sessions).map(auth.getSession)));
        assert.deepEqual(
          Object.keys(sessions).filter((_, index) => results[index] !== null),
          liveOnes,
        );
      });
    }

    for (const [what, fail] of Object.entries({
      "that is closed": (opened: OpenDatabase) => opened.close(),
      "without its table": (opened: OpenDatabase) => opened.run("drop table session"),
    })) {
      it(`SEC14 in a database ${what} are 503, by whatever way`, async (t) => {
        for (const way of ["a Kysely", "a dialect", "a pool"]) {
          const found = all[way];
          if (found === undefined) continue;
          const opened = await open(t);
          const auth = await startStoredSessions(t, { database: found.database(opened) });
          const { live = "" } = await auth.fill();
          assert.equal((await auth.ask([live])).status, 200);
          await fail(opened);
          const response = await auth.ask([live]);
          assert.equal(response.headers.get("retry-after"), "1");
          assert.equal(await readProblem(response), "503 authority_unavailable", way);
        }
      });
    }
  });
}
