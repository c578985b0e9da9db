import * as z from "zod";
import { parseJsonObject } from "./strict-json.ts";

const headerSchema = z.looseObject({
  alg: z.string(),
  typ: z.exactOptional(z.string()),
  kid: z.exactOptional(z.string()),
});

export type JoseHeader = Readonly<z.infer<typeof headerSchema>>;

/** `header.payload.signature` (RFC 7515 7.1). Nothing of it is verified at this point. */
export interface CompactJws {
  /** The whole, as received. */
  token: string;
  /** Read, for it says how to verify the rest. */
  header: JoseHeader;
  /** What the signature covers, as received (RFC 7515 5.2). */
  signingInput: string;
  /** Bytes only: claims are not read before the signature is verified. */
  payload: Buffer;
  signature: Buffer;
}

/** Undefined for anything but three parts in canonical base64url, the first of them a header. */
export function splitCompactJws(token: string): CompactJws | undefined {
  const [encodedHeader = "", encodedPayload = "", encodedSignature = "", ...more] =
    token.split(".");
  const payload = decodeBase64url(encodedPayload);
  const signature = decodeBase64url(encodedSignature);
  if (more.length > 0 || payload === undefined || signature === undefined) return undefined;
  const header = readHeader(encodedHeader);
  const signingInput = `${encodedHeader}.${encodedPayload}`;
  return header && { token, header, signingInput, payload, signature };
}

/** An issuer's tokens begin with the same bytes: a third of the work, done once for all of them. */
let lastRead: { encoded: string; header: JoseHeader } | undefined;

function readHeader(encoded: string): JoseHeader | undefined {
  if (lastRead?.encoded === encoded) return lastRead.header;
  const bytes = decodeBase64url(encoded);
  const header = headerSchema.safeParse(bytes && parseJsonObject(bytes));
  if (!header.success) return undefined;
  lastRead = { encoded, header: header.data };
  return header.data;
}

/** Only the one spelling that encoding gives back: no padding, no other alphabet, no stray bits. */
function decodeBase64url(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, "base64url");
  return bytes.length > 0 && bytes.toString("base64url") === part ? bytes : undefined;
}
