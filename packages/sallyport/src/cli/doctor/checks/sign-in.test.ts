import { testFindings } from "../../../../test/findings.ts";
import { signIn } from "./sign-in.ts";

testFindings(signIn, {
  "sign-in-failed": [
    {
      how: "the password is wrong",
      told: () => ({ credentials: { email: "ada@example.com", password: "wrong" } }),
    },
  ],
});
