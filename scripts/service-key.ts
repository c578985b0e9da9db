import { printKey } from "./print-key.ts";

await printKey(({ deriveServiceKey }, secret) => deriveServiceKey(secret));
