import { join } from "node:path";
import type { NextConfig } from "next";

const repository = join(import.meta.dirname, "../..");

export default {
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  // PGlite finds its WebAssembly beside its own files.
  serverExternalPackages: ["@electric-sql/pglite", "pg"],
  poweredByHeader: false,
  // No picture is optimised here, and the endpoint for it logs what it is sent as it is.
  images: { unoptimized: true },
} satisfies NextConfig;
