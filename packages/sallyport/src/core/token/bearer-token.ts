const maxTokenBytes = 8 * 1024;

/** RFC 6750 2.1, the scheme in any case (RFC 9110 11.1): one credential, and nothing after it. */
const bearerCredential = /^bearer +([\w\-.~+/]+=*)$/i;
/** Anywhere in what repeated headers were joined to (RFC 9110 5.3). */
const namesBearer = /(?:^|,)\s*bearer(?![^\s,])/i;

export type BearerToken =
  | { state: "absent" }
  | { state: "malformed" }
  /** Not verified at this point. */
  | { state: "present"; token: string };

/** Reads the one place where a token counts. Other schemes' credentials are not ours to judge. */
export function readBearerToken(authorization: string | null): BearerToken {
  if (authorization === null || !namesBearer.test(authorization)) return { state: "absent" };
  const token = bearerCredential.exec(authorization)?.[1];
  return token === undefined || token.length > maxTokenBytes
    ? { state: "malformed" }
    : { state: "present", token };
}
