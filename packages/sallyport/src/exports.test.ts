import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";

/** The public API by name. A change here is a change for everyone who uses the library. */
const publicApi: Record<string, string[]> = {
  ".": [
    "betterAuthSession",
    "createGuard",
    "createProblem",
    "guardedHeaders",
    "requireUserIdMatch",
    "type AuthResult",
    "type AuthenticateOptions",
    "type Authenticated",
    "type AuthenticatedUser",
    "type AuthorityState",
    "type BetterAuthSessionOptions",
    "type Decision",
    "type DecisionHook",
    "type Denial",
    "type Failure",
    "type FailureCode",
    "type Guard",
    "type GuardOptions",
    "type GuardRequest",
    "type Problem",
    "type ProblemKind",
    "type Refused",
    "type Scheme",
    "type SchemeName",
  ],
  "./jwt": ["jwt", "type JwkSetOptions", "type JwtOptions", "type SharedSecretOptions"],
  "./hono": ["protect", "type ProtectOptions", "type ProtectVariables"],
  "./fastify": ["protect", "type ProtectOptions"],
  "./express": ["protect", "type ProtectOptions"],
  "./next": [
    "SessionUnavailableError",
    "protect",
    "readSession",
    "requireSession",
    "type ProtectOptions",
    "type ProtectedHandler",
  ],
  "./web": ["protect", "type ProtectOptions", "type ProtectedHandler"],
  "./better-auth": [
    "deriveServiceKey",
    "deriveTokenKey",
    "handleSessionLookUps",
    "sallyport",
    "type LookUpHandler",
    "type SallyportOptions",
    "type TokenOptions",
  ],
  "./testing": [
    "fakeBetterAuth",
    "faults",
    "type FakeBetterAuth",
    "type FakeBetterAuthOptions",
    "type FakeSession",
    "type FakeUser",
    "type Fault",
    "type Route",
    "type SeenRequest",
    "unprotectedRoutes",
    "unresolvableUrl",
  ],
};

const packageFolder = join(import.meta.dirname, "..");
const { exports: entries } = z
  .object({ exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })) })
  .parse(JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")));

describe("the public API is this and nothing else", () => {
  test("the entries", () => {
    assert.deepEqual(Object.keys(entries).sort(), Object.keys(publicApi).sort());
  });

  for (const [entry, { types }] of Object.entries(entries)) {
    test(`the names in sallyport${entry.slice(1)}`, async () => {
      const values = Object.keys(await import(`sallyport${entry.slice(1)}`));
      const declared = declaredNames(readFileSync(join(packageFolder, types), "utf8"));
      const typeNames = declared.filter((name) => !values.includes(name));
      const names = [...values, ...typeNames.map((name) => `type ${name}`)];
      assert.deepEqual(names.sort(), publicApi[entry]);
      assert.deepEqual(
        values.filter((name) => !declared.includes(name)),
        [],
        "every value has its type",
      );
    });
  }
});

/** The names that a declaration file exports, types and values alike. */
function declaredNames(declarations: string): string[] {
  const code = declarations.replace(/\/\*.*?\*\//gs, "");
  assert.doesNotMatch(code, /^export (\*|default|=)/m, "every export has its name");
  const single = code.matchAll(
    /^export (?:declare )?(?:interface|type|function|const|class) (\w+)/gm,
  );
  const lists = code.matchAll(/^export (?:type )?\{(.*?)\}/gms);
  return [
    ...Array.from(single, ([, name = ""]) => name),
    ...Array.from(lists, ([, list = ""]) => list.split(","))
      .flat()
      .map((item) => item.trim().replace(/^type |^.* as /g, ""))
      .filter((name) => name !== ""),
  ];
}
