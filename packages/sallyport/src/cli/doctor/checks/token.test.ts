import { jwt } from "better-auth/plugins/jwt";
import { testFindings } from "../../../../test/findings.ts";
import type { DoctorConfig } from "../options.ts";
import { token } from "./token.ts";

const jwtMode = (): Partial<DoctorConfig> => ({ mode: "jwt" });

testFindings(token, {
  "token-missing": [{ how: "no plugin issues tokens", told: jwtMode }],
  "token-issuer": [
    {
      how: "tokens name another issuer",
      setUp: {
        auth: ({ apiOrigin }) => ({
          plugins: [jwt({ jwt: { issuer: "http://localhost:1", audience: apiOrigin } })],
        }),
      },
      told: jwtMode,
    },
  ],
  "token-audience": [
    {
      how: "tokens are for another backend",
      setUp: { token: () => ({ audience: "http://localhost:1" }) },
      told: jwtMode,
    },
  ],
  "token-signature": [
    {
      how: "another version of the key signs",
      setUp: {
        token: ({ apiOrigin }) => ({ audience: apiOrigin, keyDerivation: "hkdf", keyVersion: 2 }),
      },
      told: jwtMode,
    },
  ],
  "token-refused": [
    {
      how: "tokens count for an hour",
      setUp: {
        auth: ({ apiOrigin }) => ({
          plugins: [jwt({ jwt: { audience: apiOrigin, expirationTime: "1h" } })],
        }),
      },
      told: jwtMode,
    },
  ],
});
