import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { respell, spellings } from "./respelling.ts";
import { algorithms, jwks, keyNames, signatureOf } from "./token-signing.ts";

export const issuer = "https://app.example.com";
export const audience = "https://api.example.com";
export const userId = "x7GkT0eHq2hQ4nZb1YpL9vRwS3uJcDfA";

/**
 * How a token is made. Texts may name what is known only when it is made: `$now+300` (in quotes of
 * its own it becomes a number, `$$now+300` stays text), `$userId`, `$issuer`, `$audience`, `$listener`, `$x9` (nine times
 * x), `$deep9` (nine arrays in each other), `$nested` (a sound token), `$octJwk`, `$rsaJwk`.
 */
const tokenRecipe = z.strictObject({
  header: z.record(z.string(), z.json()).default({ alg: "HS256", typ: "at+jwt" }),
  /** The header's JSON, in place of `header`. */
  headerText: z.string().optional(),
  /** In place of the usual claims of the same names, or beside them. */
  claims: z.record(z.string(), z.json()).default({}),
  without: z.array(z.string()).default([]),
  /** The whole text of the claims, where `$claims` stands for the members made of the above. */
  claimsText: z.string().default("{$claims}"),
  encoding: z.enum(["utf8", "latin1", "utf16le"]).default("utf8"),
  /** What signs, whatever the header says. */
  alg: z.enum(algorithms).optional(),
  key: z.enum(keyNames).default("secret"),
  /** A part written in another way, and then signed as it is written. */
  respelled: z
    .strictObject({ part: z.enum(["header", "payload", "signature"]), how: z.enum(spellings) })
    .optional(),
  /** How the parts are put together; see `composed`. */
  token: z.string().default("$header.$payload.$signature"),
});

/** How it is sent: a line of `Authorization` for each text, where `$token` stands for the token. */
const requestRecipe = z.strictObject({
  authorization: z.array(z.string()).default(["Bearer $token"]),
  path: z.string().default("/api/$userId/tasks"),
  method: z.enum(["GET", "POST"]).default("GET"),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
});

const vectorSchema = z.strictObject({
  group: z.string(),
  name: z.string(),
  token: tokenRecipe.prefault({}),
  request: requestRecipe.optional(),
  expected: z.union([
    z.literal("allowed"),
    /** The code that the client gets; the fault is for the log. */
    z.strictObject({ code: z.string(), fault: z.string().optional() }),
  ]),
});

type TokenRecipe = z.infer<typeof tokenRecipe>;
type RequestRecipe = z.infer<typeof requestRecipe>;
export type TokenVector = z.infer<typeof vectorSchema>;

export const tokenVectors: readonly TokenVector[] = z
  .array(vectorSchema)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "token-vectors.json"), "utf8")));

/** @param listener an address that nobody may call */
function mintToken(recipe: TokenRecipe, listener: string): string {
  const usual = {
    sub: userId,
    uid: userId,
    sid: "a-session",
    iss: issuer,
    aud: audience,
    iat: "$now",
    exp: "$now+300",
    jti: randomUUID(),
  };
  const members = Object.entries({ ...usual, ...recipe.claims })
    .filter(([name]) => !recipe.without.includes(name))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const headerText = recipe.headerText ?? JSON.stringify(recipe.header);
  const claimsText = recipe.claimsText.replaceAll("$claims", () => members.join(","));
  const { respelled } = recipe;

  const encode = (text: string, part: "header" | "payload") => {
    const filled = fillIn(text, listener);
    if (respelled?.part === part) return respell(filled, respelled.how);
    return Buffer.from(filled, recipe.encoding).toString("base64url");
  };
  const header = encode(headerText, "header");
  const payload = encode(claimsText, "payload");
  const signature = signatureOf(`${header}.${payload}`, recipe);
  if (respelled?.part !== "signature") return composed(recipe, { header, payload, signature });
  // Not every signature has a character in which the two alphabets differ.
  if (respelled.how === "standard alphabet" && !/[-_]/.test(signature)) {
    return mintToken(recipe, listener);
  }
  return `${header}.${payload}.${respell(Buffer.from(signature, "base64url"), respelled.how)}`;
}

interface Parts {
  header: string;
  payload: string;
  signature: string;
}

function composed(recipe: TokenRecipe, { header, payload, signature }: Parts): string {
  const bytes = Buffer.from(signature, "base64url");
  const flipped = Buffer.from(bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte)));
  const otherPart = (index: number) => soundToken({ kid: "other" }).split(".")[index] ?? "";
  const parts: Record<string, () => string> = {
    header: () => header,
    payload: () => payload,
    signature: () => signature,
    otherHeader: () => otherPart(0),
    otherPayload: () => otherPart(1),
    otherSignature: () => otherPart(2),
    signatureCut: () => bytes.subarray(0, 31).toString("base64url"),
    signatureLonger: () => Buffer.concat([bytes, Buffer.of(0)]).toString("base64url"),
    signatureFlipped: () => flipped.toString("base64url"),
    signatureHex: () => bytes.toString("hex"),
    signatureOfPayload: () => signatureOf(payload, { key: "secret" }),
    mixedSignature() {
      const previous = signatureOf(`${header}.${payload}`, { key: "previous" });
      const half = Buffer.from(previous, "base64url").subarray(16);
      return Buffer.concat([bytes.subarray(0, 16), half]).toString("base64url");
    },
    jsonSerialization() {
      const json = JSON.stringify({ payload, protected: header, signature });
      return Buffer.from(json).toString("base64url");
    },
  };
  return recipe.token.replaceAll(/\$(\w+)/g, (name) => parts[name.slice(1)]?.() ?? name);
}

function soundToken(header: object = {}): string {
  const recipe = tokenRecipe.parse({ header: { alg: "HS256", typ: "at+jwt", ...header } });
  return mintToken(recipe, "");
}

function fillIn(text: string, listener: string): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return text
    .replaceAll('"$octJwk"', JSON.stringify(jwks.oct))
    .replaceAll('"$rsaJwk"', JSON.stringify(jwks.rsa))
    .replaceAll("$nested", () => soundToken())
    .replaceAll("$listener", listener)
    .replaceAll("$userId", userId)
    .replaceAll("$issuer", issuer)
    .replaceAll("$audience", audience)
    .replaceAll(/\$x(\d+)/g, (_, times: string) => "x".repeat(Number(times)))
    .replaceAll(/\$deep(\d+)/g, (_, depth: string) => nested(Number(depth)))
    .replaceAll(/"\$now([+-]\d+)?"/g, (_, offset = "0") => String(nowSeconds + Number(offset)))
    .replaceAll(/\$\$?now([+-]\d+)?/g, (_, offset = "0") => String(nowSeconds + Number(offset)));
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

const usualRequest: RequestRecipe = requestRecipe.parse({});

/** The request of a vector, with the token in its place. */
export function prepareRequest(
  { token: recipe, request = usualRequest }: TokenVector,
  listener: string,
) {
  const token = mintToken(recipe, listener);
  const basic = Buffer.from(`user:${token}`).toString("base64");
  const fill = (text: string) =>
    text.replaceAll("$token", token).replaceAll("$basic", basic).replaceAll("$userId", userId);
  return {
    token,
    method: request.method,
    path: fill(request.path),
    headers: [
      ...request.authorization.map((value): [string, string] => ["authorization", fill(value)]),
      ...Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        fill(value),
      ]),
    ],
    body: fill(request.body),
  };
}
