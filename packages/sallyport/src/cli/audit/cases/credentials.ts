import { createHmac } from "node:crypto";
import type { AuditCase, AuditClass } from "../case.ts";
import type { Header } from "../exchange.ts";
import { forgedToken } from "../forged-token.ts";
import { createItem, credentials, type Person, readList, type Scene } from "../scene.ts";
import { decodeCookie } from "../secrets.ts";
import { weakSecrets } from "./weak-secrets.ts";

export const credentialCases: AuditClass = {
  id: "credentials",
  title: "Broken, forged, swapped and doubled credentials",
  owasp: "API2:2023 Broken Authentication",
  asvs: "7.2.1",
  mend: "Ask Better Auth about the whole, signed credential, from the one place it belongs to.",
  cases: (scene) => [
    ...foreignCredentials(scene).flatMap(([name, headers, asvs = "7.2.1"]): AuditCase[] => [
      {
        name: `read with ${name}`,
        asvs,
        request: readList(scene, scene.victim, headers),
        expect: "refused",
      },
      {
        name: `write with ${name}`,
        asvs,
        request: createItem(scene, scene.victim, headers),
        expect: "refused",
      },
    ]),
    ...misplaced(scene),
    ...doubled(scene),
  ],
};

type Named = [name: string, headers: Header[], asvs?: string];

/** None of these is a credential of anybody's. */
function foreignCredentials(scene: Scene): Named[] {
  const { victim } = scene;
  const { userId, email } = victim.session;
  const basic = Buffer.from(`${email}:`).toString("base64");
  const authorization = (value: string): Header[] => [["Authorization", value]];
  return [
    ["no credential", []],
    ["an empty Cookie", [["Cookie", ""]]],
    ["an empty Authorization", authorization("")],
    ["Bearer and nothing behind it", authorization("Bearer ")],
    ["the words null and undefined", authorization("Bearer null"), "15.3.5"],
    ["undefined as a token", authorization("Bearer undefined"), "15.3.5"],
    ["the other user's id as a token", authorization(`Bearer ${userId}`)],
    ["the other user's e-mail as Basic", authorization(`Basic ${basic}`)],
    ["another scheme", authorization(`Digest username="${email}"`)],
    ["a forged token", authorization(`Bearer ${forgedToken(scene, victim)}`), "9.1.1"],
    ["8 KB of garbage as a token", authorization(`Bearer ${"x".repeat(8_000)}`)],
    ...brokenCookies(scene).map(([name, value]): Named => [name, [["Cookie", value]]]),
  ];
}

/** Made of the victim's own session, so that nothing but the signature is wrong with some. */
function brokenCookies({ attacker, victim }: Scene): [name: string, cookie: string][] {
  const { name, token, signature } = partsOf(victim);
  const cookie = (value: string) => `${name}=${encodeURIComponent(value)}`;
  const other = partsOf(attacker);
  const flipped = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
  const signedByOthers = createHmac("sha256", "the secret of another deployment")
    .update(token)
    .digest("base64");
  return [
    ["an empty session cookie", `${name}=`],
    ["a garbage session cookie", `${name}=garbage`],
    ["the words null and undefined in the cookie", `${name}=null; ${name}=undefined`],
    ["a cookie without its signature", cookie(token)],
    ["a cookie with an empty signature", cookie(`${token}.`)],
    ["a cookie with a cut signature", cookie(`${token}.${signature.slice(0, 20)}`)],
    ["a cookie of zero bytes signed", cookie(`${token}.${"A".repeat(43)}=`)],
    ["another deployment's signature", cookie(`${token}.${signedByOthers}`)],
    ["one letter of the token changed", cookie(`${flipped}.${signature}`)],
    ["the signature of another session", cookie(`${token}.${other.signature}`)],
    ["the user's id as a session", cookie(`${victim.session.userId}.${signature}`)],
    ["a broken percent-encoding", `${name}=%E0%A4%A`],
    ["an 8 KB cookie", `${name}=${"x".repeat(8_000)}`],
    ["a NUL in the cookie", cookie(`\0${token}.${signature}`)],
    ["the cookie's name in other letters", `${name.toUpperCase()}=${token}.${signature}`],
    [
      "a session_data cookie of one's own making",
      `${name.replace(/session_token$/, "session_data")}=${sessionData(victim)}`,
    ],
    ...weakSecrets.slice(0, 6).map((secret): [string, string] => {
      const weak = createHmac("sha256", secret).update(token).digest("base64");
      return [`a cookie signed with the secret "${secret}"`, cookie(`${token}.${weak}`)];
    }),
  ];
}

/** A good credential in a place where none belongs. */
function misplaced(scene: Scene): AuditCase[] {
  const { mode, attacker } = scene;
  const { cookie, token } = attacker.session;
  const { token: sessionToken } = partsOf(attacker);
  const value = mode === "session" ? cookie.slice(cookie.indexOf("=") + 1) : token;
  const places: [name: string, query: string, headers: Header[], asvs: string][] = [
    ["in the query as access_token", `?access_token=${value}`, [], "14.2.1"],
    ["in the query as token", `?token=${value}`, [], "14.2.1"],
    ["in the query as session", `?session=${value}&session_token=${value}`, [], "14.2.1"],
    ["in X-Access-Token", "", [["X-Access-Token", value]], "7.2.1"],
    ["in X-Auth-Token", "", [["X-Auth-Token", value]], "7.2.1"],
    ["as the password of Basic", "", [["Authorization", `Basic ${btoa(`:${value}`)}`]], "7.2.1"],
    ["in a cookie named token", "", [["Cookie", `token=${value}; jwt=${value}`]], "7.2.1"],
    ["unsigned, as a Bearer token", "", [["Authorization", `Bearer ${sessionToken}`]], "7.2.1"],
  ];
  return places.map(([name, query, headers, asvs]) => {
    const request = readList(scene, attacker, headers);
    return {
      name: `the credential ${name}`,
      asvs,
      request: { ...request, target: request.target + query },
      // Where else a backend looks is its own choice; that URLs are no place is not.
      expect: asvs === "14.2.1" ? "refused" : "strict",
    };
  });
}

/** The attacker's good credential beside a bad one, for the other user's data. */
function doubled(scene: Scene): AuditCase[] {
  const { attacker, victim } = scene;
  const own = credentials(scene, attacker);
  const { name } = partsOf(attacker);
  const twin = `${name}=${victim.session.userId}.${partsOf(victim).signature}`;
  const forged: Header = ["Authorization", `Bearer ${forgedToken(scene, victim)}`];
  const pairs: [name: string, headers: Header[]][] = [
    ["a forged cookie in front", [["Cookie", twin], ...own]],
    ["a forged cookie behind", [...own, ["Cookie", twin]]],
    ["both cookies in one line", [["Cookie", `${twin}; ${attacker.session.cookie}`], ...own]],
    ["a forged token in front", [forged, ...own]],
    ["a forged token behind", [...own, forged]],
    ["a token list", [...own, ["Authorization", `Bearer a, ${forged[1]}`]]],
    ["the cookie's __Secure- twin", [...own, ["Cookie", `__Secure-${twin}`]]],
    ["the cookie's __Host- twin", [...own, ["Cookie", `__Host-${twin}`]]],
    ["the other user's Basic", [...own, ["Authorization", `Basic ${btoa(victim.session.email)}`]]],
  ];
  return pairs.flatMap(([what, headers]): AuditCase[] => [
    {
      name: `the own credential with ${what}, to read the other's`,
      request: readList(scene, victim, headers),
      expect: "apart",
    },
    {
      name: `the own credential with ${what}, to read one's own`,
      request: readList(scene, attacker, headers),
      expect: "apart",
    },
  ]);
}

function partsOf({ session: { cookie } }: Person) {
  const at = cookie.indexOf("=");
  const value = decodeCookie(cookie.slice(at + 1));
  const dot = value.lastIndexOf(".");
  return { name: cookie.slice(0, at), token: value.slice(0, dot), signature: value.slice(dot + 1) };
}

/** What Better Auth's cookie cache looks like, signed by nobody. */
function sessionData({ session: { userId, email } }: Person): string {
  const expiresAt = Date.now() + 300_000;
  const session = { session: { userId, expiresAt }, user: { id: userId, email } };
  return Buffer.from(JSON.stringify({ session, expiresAt, signature: "AAAA" })).toString(
    "base64url",
  );
}
