import { testFindings } from "../../../../test/findings.ts";
import { anywhere } from "../../../../test/set-up.ts";
import { encryption } from "./encryption.ts";

testFindings(encryption, {
  "http-in-use": [
    {
      how: "addresses of another host are http",
      setUp: {
        auth: ({ origin }) => ({ baseURL: anywhere(origin) }),
        apiCors: (origin) => (origin.startsWith("http://0.0.0.0:") ? origin : null),
      },
      told: ({ config }) => ({
        authUrl: anywhere(config.authUrl),
        apiUrl: anywhere(config.apiUrl ?? ""),
        pageOrigin: anywhere(config.pageOrigin),
      }),
    },
  ],
});
