/** What the api is given of the secret: in each mode the least that it can work with. */
export async function apiKeys(secret: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const { AUTH_MODE, TOKEN_KEY_DERIVATION } = env;
  if (AUTH_MODE === "jwt" && TOKEN_KEY_DERIVATION !== "hkdf") {
    return { BETTER_AUTH_SECRET: secret };
  }
  // Not before the library is built.
  const library = await import("sallyport/better-auth");
  return AUTH_MODE === "jwt"
    ? { SALLYPORT_TOKEN_KEY: currentTokenKey(library, secret, env) }
    : { SALLYPORT_SERVICE_KEY: library.deriveServiceKey(secret) };
}

/** The derived key that the web app signs with, as the api reads it. */
export function currentTokenKey(
  { deriveTokenKey }: typeof import("sallyport/better-auth"),
  secret: string,
  { TOKEN_KEY_VERSION }: NodeJS.ProcessEnv,
): string {
  const key = deriveTokenKey(secret, Number(TOKEN_KEY_VERSION || 1));
  return Buffer.from(key).toString("base64url");
}
