import { globSync } from "node:fs";

/**
 * What starts no system, what `npm run revocations` does at length on several instances, and the
 * audit, whose broken requests the proxy answers by itself.
 */
const apart = ["security-requirements", "revocation", "audit"].map((name) => `e2e/${name}.test.ts`);

// The end-to-end tests of both modes, each against several instances behind a proxy.
process.env.SALLYPORT_TEST_SCALED = "1";
process.argv.push(...globSync("e2e/*.test.ts").filter((file) => !apart.includes(file)));
await import("./test.ts");
