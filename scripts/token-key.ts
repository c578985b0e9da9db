import { printKey } from "./print-key.ts";

await printKey(({ deriveTokenKey }, secret) =>
  Buffer.from(deriveTokenKey(secret)).toString("base64url"),
);
