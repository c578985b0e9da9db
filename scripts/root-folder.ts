import { join } from "node:path";

export const rootFolder = join(import.meta.dirname, "..");
