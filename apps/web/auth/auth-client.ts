"use client";

import { createAuthClient } from "better-auth/client";

/** Better Auth's own client, on this page's origin. */
export const authClient = createAuthClient();
