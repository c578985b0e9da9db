import { testFindings } from "../../../../test/findings.ts";
import { revocation } from "./revocation.ts";

const hasSession = (cookie: string | undefined) => /session_token=[^;]/.test(cookie ?? "");
const json = { "content-type": "application/json" };

testFindings(revocation, {
  "revocation-ignored": [
    {
      how: "a sign-out is acknowledged and not done",
      setUp: {
        front: ({ url, headers: { cookie } }, response) => {
          if (!url?.endsWith("/sign-out") || !hasSession(cookie)) return false;
          response.writeHead(200, json).end('{"success":true}');
          return true;
        },
      },
    },
  ],
  "cookie-cache": [
    {
      how: "Better Auth has the cookie cache on",
      setUp: { auth: () => ({ session: { cookieCache: { enabled: true, maxAge: 300 } } }) },
    },
  ],
});
