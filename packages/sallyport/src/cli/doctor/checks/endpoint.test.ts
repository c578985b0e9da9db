import { testFindings } from "../../../../test/findings.ts";
import { endpoint } from "./endpoint.ts";

const pages = "http://127.0.0.1:9";

testFindings(endpoint, {
  "auth-unreachable": [
    {
      how: "nothing listens at the address",
      told: () => ({ authUrl: "http://127.0.0.1:9/api/auth", pageOrigin: pages }),
      setUp: { pageOrigins: [pages] },
    },
  ],
  "auth-redirects": [
    {
      how: "a proxy redirects to https",
      setUp: {
        front: ({ url = "" }, response) => {
          response.writeHead(308, { location: `https://127.0.0.1${url}` }).end();
          return true;
        },
      },
    },
  ],
  "auth-base-path": [
    {
      how: "the base path is missing",
      told: ({ origin }) => ({ authUrl: origin }),
    },
    {
      how: "the base path is doubled",
      setUp: { auth: () => ({ basePath: "/identity" }) },
      told: ({ origin }) => ({ authUrl: `${origin}/identity/identity` }),
    },
    {
      how: "/session is asked for in place of /get-session",
      setUp: { auth: () => ({ basePath: "/identity" }) },
      told: ({ origin }) => ({ authUrl: `${origin}/identity/session` }),
    },
    {
      how: "pages answer 200 to every path that is not Better Auth's",
      setUp: {
        front: ({ url = "" }, response) => {
          if (url.startsWith("/api/auth/")) return false;
          response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
          return true;
        },
      },
      told: ({ origin }) => ({ authUrl: `${origin}/auth` }),
    },
  ],
  "auth-not-found": [
    {
      how: "Better Auth is mounted where nobody looks",
      setUp: { auth: () => ({ basePath: "/x" }) },
    },
  ],
  "auth-failing": [
    {
      how: "something in front of Better Auth answers 503",
      setUp: {
        front: (_request, response) => {
          response.writeHead(503).end();
          return true;
        },
      },
    },
  ],
});
