import { testFindings } from "../../../../test/findings.ts";
import { clock } from "./clock.ts";

testFindings(clock, {
  "clock-skew": [
    {
      how: "Better Auth's clock is a minute ahead",
      setUp: {
        front: (_request, response) => {
          response.setHeader("date", new Date(Date.now() + 60_000).toUTCString());
          return false;
        },
      },
    },
    {
      how: "the api's clock is a minute behind",
      setUp: {
        apiFront: (_request, response) => {
          response.setHeader("date", new Date(Date.now() - 60_000).toUTCString());
          return false;
        },
      },
    },
  ],
});
