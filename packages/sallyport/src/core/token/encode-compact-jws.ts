/** RFC 7515 7.1; `sign` is the algorithm that the header names. */
export function encodeCompactJws(
  header: object,
  payload: object,
  sign: (signingInput: string) => Buffer,
): string {
  const signingInput = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signingInput}.${sign(signingInput).toString("base64url")}`;
}
