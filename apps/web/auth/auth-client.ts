"use client";

import { createAuthClient } from "better-auth/react";

/** Better Auth's own client, on this page's origin. */
export const authClient = createAuthClient();
