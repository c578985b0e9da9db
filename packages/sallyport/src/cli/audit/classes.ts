import type { AuditClass } from "./case.ts";
import { cachingCases } from "./cases/caching.ts";
import { claimCases } from "./cases/claims.ts";
import { credentialCases } from "./cases/credentials.ts";
import { crossOriginCases } from "./cases/cross-origin.ts";
import { errorCases } from "./cases/errors.ts";
import { identityHeaderCases } from "./cases/identity-headers.ts";
import { methodCases } from "./cases/methods.ts";
import { otherUserCases } from "./cases/other-user.ts";
import { overrideCases } from "./cases/overrides.ts";
import { pathCases } from "./cases/paths.ts";
import { revocationCases } from "./cases/revocation.ts";
import { statusCases } from "./cases/statuses.ts";
import { tokenCases } from "./cases/tokens.ts";

/** In the order that they are played in. */
export const auditClasses: readonly AuditClass[] = [
  credentialCases,
  tokenCases,
  claimCases,
  revocationCases,
  otherUserCases,
  pathCases,
  methodCases,
  identityHeaderCases,
  overrideCases,
  crossOriginCases,
  cachingCases,
  statusCases,
  errorCases,
];
