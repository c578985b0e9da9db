import { testFindings } from "../../../../test/findings.ts";
import { signOut } from "./sign-out.ts";

const hasSession = (cookie: string | undefined) => /session_token=[^;]/.test(cookie ?? "");
const json = { "content-type": "application/json" };

testFindings(signOut, {
  "session-left-open": [
    {
      how: "sign-outs are refused",
      setUp: {
        front: ({ url, headers: { cookie } }, response) => {
          if (!url?.endsWith("/sign-out") || !hasSession(cookie)) return false;
          response.writeHead(403, json).end("{}");
          return true;
        },
      },
    },
  ],
});
