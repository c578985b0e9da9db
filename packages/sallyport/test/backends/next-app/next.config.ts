import { join } from "node:path";
import type { NextConfig } from "next";

export default {
  turbopack: { root: join(import.meta.dirname, "../../../../..") },
} satisfies NextConfig;
