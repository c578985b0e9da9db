import { type AuditCase, type AuditClass, type Expectation, NotPossible } from "../case.ts";
import type { Header } from "../exchange.ts";
import { type Claims, claimsOf, compactJws, headerOf, hmac } from "../forged-token.ts";
import { credentials, readList, type Scene } from "../scene.ts";

export const claimCases: AuditClass = {
  id: "claims",
  title: "Tokens of the right key with something wrong in them",
  owasp: "API2:2023 Broken Authentication",
  asvs: "9.2.1",
  mend: "Require exp, iss, aud and the type, and compare each exactly.",
  cases: (scene) => (scene.mode === "jwt" ? [...spellings(scene), ...minted(scene)] : []),
};

type Recipe = [
  name: string,
  expect: Expectation,
  asvs: string,
  changes: Claims,
  header?: Claims,
  alg?: string,
];

const hour = 3_600;

/** `refused` is what RFC 7519 4.1 and ASVS require, `strict` what only an issuer gone wrong would make. */
function recipes(nowSeconds: number): Recipe[] {
  const absent = undefined;
  return [
    [
      "expired an hour ago",
      "refused",
      "9.2.1",
      { iat: nowSeconds - 2 * hour, exp: nowSeconds - hour },
    ],
    [
      "expired two minutes ago",
      "refused",
      "9.2.1",
      { iat: nowSeconds - 300, exp: nowSeconds - 120 },
    ],
    ["exp 0", "refused", "9.2.1", { exp: 0 }],
    ["a negative exp", "refused", "9.2.1", { exp: -1 }],
    ["not valid for another hour", "refused", "9.2.1", { nbf: nowSeconds + hour }],
    ["another issuer", "refused", "9.2.3", { iss: "https://evil.example" }],
    ["another audience", "refused", "9.2.3", { aud: "https://evil.example" }],
    ["an audience list without this one", "refused", "9.2.3", { aud: ["https://evil.example"] }],
    [
      "no user in it",
      "refused",
      "15.3.5",
      { sub: absent, uid: absent, id: absent, userId: absent },
    ],
    ["null for a user", "refused", "15.3.5", { sub: null, uid: null, id: null }],
    ["no exp", "strict", "9.2.1", { exp: absent }],
    ["exp null", "strict", "9.2.1", { exp: null }],
    ["exp as a text", "strict", "9.2.1", { exp: String(nowSeconds + 300) }],
    ["exp 1e300", "strict", "9.2.1", { exp: 1e300 }],
    ["exp in milliseconds", "strict", "9.2.1", { exp: (nowSeconds + 300) * 1_000 }],
    ["a life of ten years", "strict", "9.2.1", { exp: nowSeconds + 10 * 365 * 24 * hour }],
    ["no iat", "strict", "9.2.1", { iat: absent }],
    [
      "iat an hour ahead",
      "strict",
      "9.2.1",
      { iat: nowSeconds + hour, exp: nowSeconds + hour + 300 },
    ],
    ["exp before iat", "strict", "9.2.1", { iat: nowSeconds + 200, exp: nowSeconds + 100 }],
    ["no iss", "strict", "9.2.3", { iss: absent }],
    ["no aud", "strict", "9.2.3", { aud: absent }],
    ["another issuer's prefix", "strict", "9.2.3", { iss: "https://" }],
    ["sub of somebody else", "strict", "15.3.5", { sub: "somebody-else" }],
    ["uid of somebody else", "strict", "15.3.5", { uid: "somebody-else" }],
    ["no typ", "strict", "9.2.2", {}, { typ: absent }],
    ["typ of an ID token", "strict", "9.2.2", {}, { typ: "id+jwt" }],
    ["typ of a log-out token", "strict", "9.2.2", {}, { typ: "logout+jwt" }],
    ["an unknown crit", "strict", "9.1.1", {}, { crit: ["x"], x: 1 }],
    ["HS384", "strict", "9.1.2", {}, { alg: "HS384" }, "HS384"],
    ["HS512", "strict", "9.1.2", {}, { alg: "HS512" }, "HS512"],
    ["alg in lower case", "strict", "9.1.2", {}, { alg: "hs256" }],
    ["a space before alg's value", "strict", "9.1.2", {}, { alg: " HS256" }],
  ];
}

/** Tokens of the attacker's own identity; only who has the key can make them. */
function minted(scene: Scene): AuditCase[] {
  const { attacker, tokenKey } = scene;
  const claims = claimsOf(scene, attacker);
  const header = headerOf(scene);
  const made = recipes(Math.floor(Date.now() / 1_000)).map(
    ([name, expect, asvs, changes, headerChanges = {}, alg = "HS256"]): AuditCase => ({
      name: `a token with ${name}`,
      asvs,
      expect,
      request: async () => {
        if (!tokenKey) {
          throw new NotPossible("needs the key: SALLYPORT_TOKEN_KEY or BETTER_AUTH_SECRET");
        }
        // JSON leaves out what is undefined.
        const sign = hmac(tokenKey, alg);
        const token = compactJws({ ...header, ...headerChanges }, { ...claims, ...changes }, sign);
        return readList(scene, attacker, [["Authorization", `Bearer ${token}`]]);
      },
    }),
  );
  const twice: [name: string, text: string][] = [
    ["exp twice", JSON.stringify(claims).replace(/\}$/, ',"exp":9999999999}')],
    ["sub twice", JSON.stringify(claims).replace(/^\{/, '{"sub":"somebody-else",')],
    ["a byte order mark", `\ufeff${JSON.stringify(claims)}`],
  ];
  return [
    ...made,
    ...twice.map(
      ([name, text]): AuditCase => ({
        name: `a token with ${name}`,
        asvs: "1.5.3",
        expect: "strict",
        request: async () => {
          if (!tokenKey) {
            throw new NotPossible("needs the key: SALLYPORT_TOKEN_KEY or BETTER_AUTH_SECRET");
          }
          const token = compactJws(header, text, hmac(tokenKey));
          return readList(scene, attacker, [["Authorization", `Bearer ${token}`]]);
        },
      }),
    ),
  ];
}

/** The attacker's own good token, written in another way (RFC 7515 2, RFC 6750 2.1). */
function spellings(scene: Scene): AuditCase[] {
  const { attacker } = scene;
  const { token } = attacker.session;
  const middle = Math.floor(token.length / 2);
  const own = credentials(scene, attacker);
  const lines: [name: string, headers: Header[]][] = [
    ["padded", [["Authorization", `Bearer ${token}=`]]],
    ["with a dot behind", [["Authorization", `Bearer ${token}.`]]],
    ["with a space inside", [["Authorization", `Bearer ${spliced(" ")}`]]],
    ["with a tab inside", [["Authorization", `Bearer ${spliced("\t")}`]]],
    ["with a character that is no base64url", [["Authorization", `Bearer ${token}!`]]],
    ["in quotes", [["Authorization", `Bearer "${token}"`]]],
    ["without its last letter", [["Authorization", `Bearer ${token.slice(0, -1)}`]]],
    ["behind a tab", [["Authorization", `Bearer\t${token}`]]],
    ["without a scheme", [["Authorization", token]]],
    ["as Token", [["Authorization", `Token ${token}`]]],
    ["as JWT", [["Authorization", `JWT ${token}`]]],
    ["in a list with another", [["Authorization", `Bearer ${token}, Bearer x`]]],
    ["with another behind it", [["Authorization", `Bearer ${token} x`]]],
    ["twice", [...own, ...own]],
    ["in Proxy-Authorization", [["Proxy-Authorization", `Bearer ${token}`]]],
    ["with the session's cookie in its place", [["Cookie", attacker.session.cookie]]],
  ];
  function spliced(text: string) {
    return token.slice(0, middle) + text + token.slice(middle);
  }
  return lines.map(([name, headers]) => ({
    name: `the own token ${name}`,
    asvs: "9.1.1",
    request: readList(scene, attacker, headers),
    expect: "strict",
  }));
}
