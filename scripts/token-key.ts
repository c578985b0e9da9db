import { currentTokenKey } from "./api-keys.ts";
import { printKey } from "./print-key.ts";

await printKey(currentTokenKey);
