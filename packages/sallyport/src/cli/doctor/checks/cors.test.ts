import { testFindings } from "../../../../test/findings.ts";
import { cors } from "./cors.ts";

const pages = "http://127.0.0.1:9";

testFindings(cors, {
  "cors-foreign-origin": [
    { how: "the api reflects any origin", setUp: { apiCors: (origin) => origin } },
    {
      how: "the api allows any origin that is https",
      setUp: {
        apiCors: (origin) =>
          origin.startsWith("https:") || /^http:\/\/127\.0\.0\.1:\d+$/.test(origin) ? origin : null,
      },
    },
    {
      how: "the api allows what begins like an origin of its own",
      setUp: { apiCors: (origin) => (origin.startsWith("http://127.0.0.1") ? origin : null) },
    },
    {
      how: "the api allows the origin null",
      setUp: {
        apiCors: (origin) =>
          origin === "null" || /^http:\/\/127\.0\.0\.1:\d+$/.test(origin) ? origin : null,
      },
    },
    {
      how: "a proxy in front of Better Auth reflects any origin",
      setUp: {
        front: ({ headers: { origin } }, response) => {
          if (origin !== undefined) response.setHeader("access-control-allow-origin", origin);
          return false;
        },
      },
    },
  ],
  "cors-missing": [
    { how: "the api has no CORS", setUp: { apiCors: () => null } },
    {
      how: "the api wants a session of a preflight",
      setUp: {
        apiFront: ({ method }, response) => {
          if (method !== "OPTIONS") return false;
          response.writeHead(401).end();
          return true;
        },
      },
    },
    {
      how: "Better Auth has no CORS, and the pages are on another origin",
      setUp: {
        auth: () => ({ trustedOrigins: [pages] }),
        apiCors: (origin) => (origin === pages ? origin : null),
      },
      told: () => ({ pageOrigin: pages }),
    },
  ],
  "cors-credentials": [
    {
      how: "the api's preflight allows no credentials",
      setUp: {
        apiFront: ({ method, headers }, response) => {
          if (method !== "OPTIONS" || /doctor|null/.test(headers.origin ?? "null")) return false;
          response.setHeader("access-control-allow-origin", headers.origin ?? "");
          response.writeHead(204).end();
          return true;
        },
      },
    },
  ],
  "cors-wildcard": [{ how: "the api's CORS says *", setUp: { apiCors: () => "*" } }],
  "cors-on-refusals": [
    {
      how: "the api's refusals are without CORS",
      setUp: {
        apiFront: ({ method, headers: { cookie } }, response) => {
          if (method === "OPTIONS" || cookie !== undefined) return false;
          response.writeHead(401).end();
          return true;
        },
      },
    },
  ],
});
