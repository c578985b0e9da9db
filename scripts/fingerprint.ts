import { createHash, type Hash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

// What builds write beside their sources.
const generated = new Set(["node_modules", ".next", "dist", "next-env.d.ts"]);

/** A digest of the names and contents of files and whole folders; undefined if one is missing. */
export function fingerprint(root: string, paths: string[]): string | undefined {
  const hash = createHash("sha256");
  for (const path of paths) {
    if (!statSync(join(root, path), { throwIfNoEntry: false })) {
      return undefined;
    }
    addPath(hash, root, path);
  }
  return hash.digest("hex");
}

function addPath(hash: Hash, root: string, path: string): void {
  if (statSync(join(root, path)).isFile()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
    return;
  }
  for (const name of readdirSync(join(root, path)).sort()) {
    if (!generated.has(name) && !/\.test\.tsx?$|\.tsbuildinfo$/.test(name)) {
      addPath(hash, root, `${path}/${name}`);
    }
  }
}
