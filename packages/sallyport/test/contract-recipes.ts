import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { secret } from "./auth-server.ts";

const rootFolder = join(import.meta.dirname, "../../..");
export const contract = readFileSync(join(rootFolder, "docs/contracts/token.md"), "utf8");

interface Parties {
  issuer: string;
  audience: string;
}

type Derivation = "none" | "hkdf";

/** What a recipe does with the secret of the tests. */
export interface Recipe {
  mint(derivation: Derivation, parties: Parties, userId: string): Promise<string>;
  /** Whose each token is; null for one that it refuses. */
  verify(
    derivation: Derivation,
    parties: Parties,
    tokens: readonly string[],
  ): Promise<(string | null)[]>;
}

interface TypeScriptRecipe {
  tokenKey(secret: string): Uint8Array;
  deriveTokenKey(secret: string): Uint8Array;
  mint(
    key: Uint8Array,
    parties: Parties,
    session: { userId: string; sessionId: string },
  ): Promise<string>;
  verify(key: Uint8Array, parties: Parties, token: string): Promise<string>;
}

const pythonMain = `
import json, sys
import access_token

call, derivation, secret, issuer, audience, arguments = json.load(sys.stdin)
key = {"none": access_token.token_key, "hkdf": access_token.derive_token_key}[derivation](secret)

def answer(argument):
    if call == "mint":
        return access_token.mint(key, issuer, audience, argument, "a-session")
    try:
        return access_token.verify(key, issuer, audience, argument)
    except ValueError:
        return None

print(json.dumps([answer(argument) for argument in arguments]))
`;

/** The recipes of the contract as it stands, as files in a folder of their own. */
export async function extractRecipes() {
  const files = new Map(
    Array.from(
      contract.matchAll(/^```\w+\n(?:\/\/|#) (\S+\.(?:ts|py))\n(.*?)^```$/gms),
      ([, name = "", code = ""]) => [name, code],
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), "sallyport-token-"));
  await symlink(join(rootFolder, "node_modules"), join(folder, "node_modules"));
  const { compilerOptions } = z
    .object({ compilerOptions: z.json() })
    .parse(JSON.parse(readFileSync(join(rootFolder, "tsconfig.base.json"), "utf8")));
  for (const [name, text] of [
    ["package.json", '{ "type": "module" }'],
    ["tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] })],
    ["main.py", pythonMain],
    ...files,
  ] as const) {
    await writeFile(join(folder, name), text);
  }
  return {
    folder,
    names: [...files.keys()],
    inTypeScript: typeScriptRecipe(folder),
    /** Undefined where there is no Python. */
    inPython: spawnSync("python3", ["--version"]).status === 0 ? pythonRecipe(folder) : undefined,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function typeScriptRecipe(folder: string): Recipe {
  async function load(derivation: Derivation) {
    const url = pathToFileURL(join(folder, "access-token.ts")).href;
    const recipe: TypeScriptRecipe = await import(url);
    const derive = derivation === "none" ? recipe.tokenKey : recipe.deriveTokenKey;
    return { recipe, key: derive(secret) };
  }
  return {
    async mint(derivation, parties, userId) {
      const { key, recipe } = await load(derivation);
      return recipe.mint(key, parties, { userId, sessionId: "a-session" });
    },
    async verify(derivation, parties, tokens) {
      const { key, recipe } = await load(derivation);
      return Promise.all(
        tokens.map((token) => recipe.verify(key, parties, token).catch(() => null)),
      );
    },
  };
}

function pythonRecipe(folder: string): Recipe {
  function run(
    call: "mint" | "verify",
    derivation: Derivation,
    { issuer, audience }: Parties,
    calls: readonly string[],
  ) {
    const { stdout, stderr } = spawnSync("python3", ["-B", "main.py"], {
      cwd: folder,
      input: JSON.stringify([call, derivation, secret, issuer, audience, calls]),
      encoding: "utf8",
    });
    if (stderr !== "") throw new Error(stderr);
    return z.array(z.string().nullable()).parse(JSON.parse(stdout));
  }
  return {
    async mint(derivation, parties, userId) {
      const [token] = run("mint", derivation, parties, [userId]);
      return token ?? "";
    },
    verify: async (...call) => run("verify", ...call),
  };
}
