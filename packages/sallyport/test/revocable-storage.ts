import type { TestContext } from "node:test";
import type { BetterAuthOptions, SecondaryStorage } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { Kysely } from "kysely";
import { engines } from "./databases.ts";
import { mapStorage } from "./map-storage.ts";

export type StorageFault =
  | "its deletions fail"
  | "it cannot be read again"
  | "it keeps what it was to delete"
  | "it is down";

/** Where Better Auth keeps sessions, and how to break that. */
export interface RevocableStorage {
  options: Pick<BetterAuthOptions, "database" | "secondaryStorage" | "session">;
  /** Until the next call; undefined is none. */
  fail(fault?: StorageFault): Promise<void>;
}

type OpenStorage = (t: TestContext) => Promise<RevocableStorage>;

/** Real storage that does as it is told with what ends a session. */
function createFaults() {
  let fault: StorageFault | undefined;
  let deleted = false;
  return {
    async fail(next: StorageFault | undefined) {
      fault = next;
      deleted = false;
    },
    read() {
      if (fault === "it is down") throw new Error("storage is down");
      if (fault === "it cannot be read again" && deleted) throw new Error("storage is down");
    },
    /** Whether it is to be done. */
    remove(what: unknown): boolean {
      deleted = true;
      if (fault === "its deletions fail" || fault === "it is down")
        throw new Error(`storage does not delete ${JSON.stringify(what)}`);
      return fault !== "it keeps what it was to delete";
    },
  };
}

type Faults = ReturnType<typeof createFaults>;

function breakable(faults: Faults): BetterAuthOptions["database"] {
  const tables = { user: [], session: [], account: [], verification: [] };
  const wrap = <Adapter extends object>(adapter: Adapter): Adapter =>
    new Proxy(adapter, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== "function") return member;
        return async (...parameters: unknown[]) => {
          const [first] = parameters;
          if (name === "transaction" && typeof first === "function") {
            return member((inner: object) => first(wrap(inner)));
          }
          if (name === "findOne" || name === "findMany") faults.read();
          const isSession =
            typeof first === "object" &&
            first !== null &&
            "model" in first &&
            first.model === "session";
          // Of kept records (`preserveSessionInDatabase`) the end is an update.
          const ends = name === "delete" || name === "deleteMany" || name === "updateMany";
          if (isSession && ends && !faults.remove(first)) return 0;
          return member(...parameters);
        };
      },
    });
  return (options: BetterAuthOptions) => wrap(memoryAdapter(tables)(options));
}

function breakableSecondary(faults: Faults): SecondaryStorage {
  const storage = mapStorage(new Map(), faults.read);
  return {
    ...storage,
    async set(key, value, ttl) {
      // Better Auth's list of what was revoked is a deletion too.
      if (key.startsWith("revoked-sessions-before-") && !faults.remove(key)) return;
      await storage.set(key, value, ttl);
    },
    async delete(key) {
      if (faults.remove(key)) await storage.delete(key);
    },
  };
}

function inMemory(
  session: BetterAuthOptions["session"],
  { hasSecondary }: { hasSecondary: boolean },
): OpenStorage {
  return async () => {
    const faults = createFaults();
    const database = breakable(faults);
    return {
      options: {
        database,
        session,
        ...(hasSecondary && { secondaryStorage: breakableSecondary(faults) }),
      },
      fail: faults.fail,
    };
  };
}

export const memoryStorages = {
  "the database": inMemory({}, { hasSecondary: false }),
  "the database, with the cookie cache on": inMemory(
    { cookieCache: { enabled: true } },
    { hasSecondary: false },
  ),
  "secondary storage": inMemory({}, { hasSecondary: true }),
  "secondary storage and the database": inMemory(
    { storeSessionInDatabase: true },
    { hasSecondary: true },
  ),
  "secondary storage, kept in the database for the record": inMemory(
    { storeSessionInDatabase: true, preserveSessionInDatabase: true },
    { hasSecondary: true },
  ),
} satisfies Record<string, OpenStorage>;

/** Databases, whose own triggers fail them. */
export const databaseStorages: Record<string, OpenStorage> = Object.fromEntries(
  engines.map(({ engine, open }): [string, OpenStorage] => [
    engine,
    async (t) => {
      const { dialect, run } = await open(t);
      const db = new Kysely<unknown>({ dialect });
      const setTrigger = (body: string) =>
        run(`create or replace function on_end() returns trigger language plpgsql as
          $$ begin ${body}; end $$;
          create or replace trigger on_end before delete on session
          for each row execute function on_end()`);
      return {
        options: { database: { db, type: "postgres", transaction: true } },
        async fail(fault) {
          if (fault === undefined) await setTrigger("return old");
          else if (fault === "its deletions fail") await setTrigger("raise exception 'no'");
          else if (fault === "it keeps what it was to delete") await setTrigger("return null");
          else throw new Error("No trigger does that");
        },
      };
    },
  ]),
);
