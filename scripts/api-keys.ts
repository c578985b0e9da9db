/** What the api is given of the secret: in each mode the least that it can work with. */
export async function apiKeys(
  secret: string,
  { AUTH_MODE, TOKEN_KEY_DERIVATION }: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  if (AUTH_MODE === "jwt" && TOKEN_KEY_DERIVATION !== "hkdf") {
    return { BETTER_AUTH_SECRET: secret };
  }
  // Not before the library is built.
  const { deriveServiceKey, deriveTokenKey } = await import("sallyport/better-auth");
  return AUTH_MODE === "jwt"
    ? { SALLYPORT_TOKEN_KEY: Buffer.from(deriveTokenKey(secret)).toString("base64url") }
    : { SALLYPORT_SERVICE_KEY: deriveServiceKey(secret) };
}
