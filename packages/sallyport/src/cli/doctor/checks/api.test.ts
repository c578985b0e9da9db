import { testFindings } from "../../../../test/findings.ts";
import { api } from "./api.ts";

testFindings(api, {
  "api-unreachable": [
    { how: "nothing listens at the api's address", told: () => ({ apiUrl: "http://127.0.0.1:9" }) },
  ],
  "api-refuses-session": [
    { how: "the api looks for another cookie", setUp: { api: { cookieName: "another" } } },
  ],
  "api-without-authority": [
    {
      how: "the api has a wrong address of Better Auth's",
      setUp: { api: { url: "http://127.0.0.1:9/api/auth" } },
    },
  ],
});
