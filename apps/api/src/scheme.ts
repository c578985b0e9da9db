import type { Log } from "@sallyport/server";
import { betterAuthSession, type Scheme } from "sallyport";
import { jwt } from "sallyport/jwt";
import type { ApiConfig } from "./config.ts";

/** The one way of proving who one is that this process takes. */
export function createScheme(config: ApiConfig, log: Log): Scheme {
  const { authentication, authUrl, publicUrl, trustedOrigins } = config;
  const realm = "tasks";
  if (authentication.mode === "session") {
    return betterAuthSession({
      url: `${authentication.authInternalUrl}/api/auth`,
      secure: authUrl.startsWith("https:"),
      trustedOrigins: [...trustedOrigins, publicUrl],
      serviceKey: authentication.serviceKey,
      realm,
    });
  }
  const { secret } = authentication;
  if (typeof secret === "string" && isOfLowVariety(secret)) {
    log.warn("BETTER_AUTH_SECRET has few different characters: use a random one");
  }
  return jwt({ secret, issuer: authUrl, audience: publicUrl, realm });
}

/** Better Auth's own measure, so that both servers warn of the same secrets. */
function isOfLowVariety(secret: string): boolean {
  return Math.log2(new Set(secret).size) * secret.length < 120;
}
