import fc from "fast-check";

export interface TokenMaterial {
  issuer: string;
  audience: string;
  userId: string;
  nowSeconds: number;
  /** In base64url, by whoever has the secret. */
  sign(input: string): string;
}

/**
 * Tokens close to a sound one: header and claims are changed before somebody with the secret signs
 * them, and the text of the whole afterwards. Most changes are small, for the large ones are
 * easily refused.
 */
export function hostileTokens(material: TokenMaterial): fc.Arbitrary<string> {
  const { issuer, audience, userId, nowSeconds } = material;
  const header = '"alg":"HS256","typ":"at+jwt"';
  const claims = Object.entries({
    sub: userId,
    uid: userId,
    iss: issuer,
    aud: audience,
    iat: nowSeconds - 200,
    exp: nowSeconds + 300,
  })
    .map(([name, value]) => `"${name}":${JSON.stringify(value)}`)
    .join(",");
  const offset = fc.integer({ min: -1_000, max: 1_000 });
  const value = fc.oneof(
    fc.constantFrom(...oddValues),
    fc.constantFrom(userId, issuer, audience).map((text) => JSON.stringify(text)),
    fc.constantFrom(issuer, audience).map((text) => JSON.stringify([text])),
    { weight: 3, arbitrary: offset.map((seconds) => String(nowSeconds + seconds)) },
    offset.map((tenths) => String(nowSeconds + tenths / 10)),
  );
  const member = fc
    .tuple(fc.constantFrom(...names), value)
    .map(([name, text]): Change => ({ kind: "member", name, text }));
  const bytes = fc
    .tuple(fc.nat(), fc.nat(2), fc.constantFrom(...oddTexts))
    .map(([at, length, text]): Change => ({ kind: "bytes", at, length, text }));
  const json = (members: string) =>
    fc
      .array(fc.oneof({ weight: 4, arbitrary: member }, bytes), { maxLength: 2 })
      .map((changes) => `{${changes.reduce(changed, members)}}`);
  const spelling = fc.array(
    fc
      .tuple(fc.nat(), fc.nat(2), fc.constantFrom(...tokenTexts))
      .map(([at, length, text]): Change => ({ kind: "bytes", at, length, text })),
    { maxLength: 2 },
  );
  const isRespelled = fc.nat(3).map((of) => of === 0);
  return fc
    .tuple(json(header), json(claims), spelling, isRespelled)
    .map(([headerText, claimsText, changes, respelled]) => {
      const input = `${encode(headerText)}.${encode(claimsText)}`;
      const token = `${input}.${material.sign(input)}`;
      return respelled ? changes.reduce(changed, token) : token;
    });
}

type Change =
  /** Put in the place of the member of that name, or beside the others. */
  | { kind: "member"; name: string; text: string }
  | { kind: "bytes"; at: number; length: number; text: string };

function changed(text: string, change: Change): string {
  if (change.kind === "bytes") {
    const at = change.at % (text.length + 1);
    return text.slice(0, at) + change.text + text.slice(at + change.length);
  }
  const member = `"${change.name}":${change.text}`;
  const present = new RegExp(`"${change.name}":("[^"]*"|[^,"]+)`);
  return present.test(text) ? text.replace(present, () => member) : `${text},${member}`;
}

function encode(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("base64url");
}

const names = [
  ...["alg", "typ", "kid", "crit", "b64", "jwk", "zip", "cty"],
  ...["sub", "uid", "iss", "aud", "iat", "exp", "nbf", "email", "name"],
  ...["__proto__", "constructor", "x"],
];

const oddValues = [
  ...["null", "true", "false", "0", "-1", "1e300", "1e309", "NaN", "[]", "{}", '""', '" "'],
  ...['"HS256"', '"hs256"', '"none"', '"at+jwt"', '"JWT"', '"application/at+jwt"', '["exp"]'],
  ...['{"a":1,"a":2}', '{"a":[{"b":"\\""}]}', '"a\\":1,\\"exp"', '"\\ud800"', '"\\u0000"'],
];

/** Also put into JSON, byte for byte: what makes it another text, or no text at all. */
const oddTexts = [
  ...["", " ", "\n", '"', "\\", ",", ":", "{", "}", "[", "]", "0", "e", "\u00ff", "\u00c0\u00a2"],
  ...['"exp":1,', ',"uid":"mallory"', "\\u0065", "\u00ef\u00bb\u00bf", "/**/", "\0"],
];

const tokenTexts = [
  "",
  "A",
  "_",
  "-",
  "=",
  "==",
  "+",
  "/",
  ".",
  "..",
  " ",
  "\n",
  "\t",
  "!",
  "~",
  "é",
  "\0",
];
