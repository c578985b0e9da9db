import { testFindings } from "../../../../test/findings.ts";
import { origins } from "./origins.ts";

const pages = "http://127.0.0.1:9";
// Over https, which needs a process that trusts the certificate: command.test.ts.
const overHttps = ["forwarded-proto"];

testFindings(
  origins,
  {
    "origin-untrusted": [
      {
        how: "the pages' origin is not in trustedOrigins",
        setUp: { pageOrigins: [pages], auth: () => ({ trustedOrigins: [] }) },
        told: () => ({ pageOrigin: pages }),
      },
    ],
    "base-url": [
      {
        how: "Better Auth's baseURL is another than its address",
        setUp: { auth: () => ({ baseURL: "http://localhost:1" }) },
      },
    ],
  },
  { elsewhere: overHttps },
);
