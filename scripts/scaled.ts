import { globSync } from "node:fs";

/** What starts no system, and what `npm run revocations` does at length on several instances. */
const apart = ["e2e/security-requirements.test.ts", "e2e/revocation.test.ts"];

// The end-to-end tests of both modes, each against several instances behind a proxy.
process.env.SALLYPORT_TEST_SCALED = "1";
process.argv.push(...globSync("e2e/*.test.ts").filter((file) => !apart.includes(file)));
await import("./test.ts");
