import type { AuditCase, AuditClass } from "../case.ts";
import { collectionOf, createItem, credentials, type Scene } from "../scene.ts";

export const pathCases: AuditClass = {
  id: "paths",
  title: "Two readings of one path",
  owasp: "API1:2023 Broken Object Level Authorization",
  asvs: "1.1.1",
  mend: "Decode the path once, compare the very segment that is queried by, refuse what is ambiguous.",
  cases(scene) {
    const own = credentials(scene, scene.attacker);
    return targets(scene).flatMap(([name, target], index): AuditCase[] => {
      const read: AuditCase = {
        name: `read: ${name}`,
        request: { method: "GET", target, headers: own },
        expect: "apart",
      };
      // Writing goes by the same reading: a part of them is enough to see whether it is another.
      if (index % 3 !== 0) return [read];
      const write: AuditCase = {
        name: `write: ${name}`,
        request: { ...createItem(scene, scene.attacker, own), target },
        expect: "apart",
      };
      return [read, write];
    });
  },
};

/** Each is an attempt to have the own path judged and the other's served. */
function targets(scene: Scene): [name: string, target: string][] {
  const { attacker, victim, apiUrl } = scene;
  const me = attacker.session.userId;
  const you = victim.session.userId;
  const mine = collectionOf(scene, attacker);
  const yours = collectionOf(scene, victim);
  /** The path with another segment for its owner. */
  const owner = (segment: string) => yours.replace(you, segment);
  const first = you.slice(0, 1);
  const percent = (text: string) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const wide = String.fromCodePoint((first.codePointAt(0) ?? 0) + 0xfee0);
  const rest = mine.slice(mine.indexOf(me) + me.length);
  const up = yours
    .split("/")
    .slice(1)
    .map(() => "..")
    .join("/");

  return [
    ["the other's id, one letter encoded", owner(percent(first) + you.slice(1))],
    ["the other's id, all encoded", owner(percent(you))],
    ["one letter encoded twice", owner(percent(first).replace("%", "%25") + you.slice(1))],
    ["one letter encoded three times", owner(percent(first).replace("%", "%2525") + you.slice(1))],
    ["upper case", owner(you.toUpperCase())],
    ["lower case", owner(you.toLowerCase())],
    ["a space in front", owner(`%20${you}`)],
    ["a space behind", owner(`${you}%20`)],
    ["a plus behind", owner(`${you}+`)],
    ["a tab behind", owner(`${you}%09`)],
    ["a line feed behind", owner(`${you}%0a`)],
    ["a CRLF and a header behind", owner(`${you}%0d%0aX-User-Id:%20${you}`)],
    ["a NUL behind", owner(`${you}%00`)],
    ["a NUL and the own id behind", owner(`${you}%00${me}`)],
    ["a raw NUL behind", owner(`${you}\0`)],
    ["a dot behind", owner(`${you}.`)],
    ["an extension", owner(`${you}.json`)],
    ["a matrix parameter", owner(`${you};user=${me}`)],
    ["an encoded matrix parameter", owner(`${you}%3Buser=${me}`)],
    ["the own id as a matrix parameter's base", owner(`${me};${you}`)],
    ["both ids with a comma", owner(`${me},${you}`)],
    ["both ids with an ampersand", owner(`${me}&${you}`)],
    ["a dot segment in front", owner(`./${you}`)],
    ["an encoded dot segment in front", owner(`%2e/${you}`)],
    ["up from the own id", owner(`${me}/../${you}`)],
    ["up from the own id, encoded dots", owner(`${me}/%2e%2e/${you}`)],
    ["up from the own id, half-encoded dots", owner(`${me}/.%2e/${you}`)],
    ["up from the own id, encoded slashes", owner(`${me}%2f..%2f${you}`)],
    ["up from the own id, encoded twice", owner(`${me}%252f..%252f${you}`)],
    ["up from the own id, backslashes", owner(`${me}\\..\\${you}`)],
    ["up from the own id, encoded backslashes", owner(`${me}%5c..%5c${you}`)],
    ["up from the own id, overlong UTF-8", owner(`${me}%c0%af..%c0%af${you}`)],
    ["up from the own id, with a matrix parameter", owner(`${me}/..;/${you}`)],
    ["up from the own id, full-width dots", owner(`${me}/%ef%bc%8e%ef%bc%8e/${you}`)],
    ["up from the own list", `${mine}/../../${you}${rest}`],
    ["up from the own list to the root", `${mine}/${up}${yours}`],
    ["up over the other's path to the own", `${yours}/../../${me}${rest}`],
    ["two slashes in front of the id", owner(`/${you}`)],
    ["two slashes at the start", `/${yours}`],
    ["a slash at the end", `${yours}/`],
    ["an encoded slash at the end", `${yours}%2f`],
    ["backslashes all through", yours.replaceAll("/", "\\")],
    ["a backslash at the start", `/\\${yours.slice(1)}`],
    ["the path in upper case around the id", yours.toUpperCase().replace(you.toUpperCase(), you)],
    ["the own id empty", owner("")],
    ["the own id encoded as nothing", owner("%20")],
    ["a full-width first letter", owner(encodeURIComponent(wide) + you.slice(1))],
    ["a zero-width space behind", owner(`${you}%e2%80%8b`)],
    ["a soft hyphen inside", owner(`${first}%c2%ad${you.slice(1)}`)],
    ["a combining mark behind", owner(`${you}%cc%81`)],
    ["a byte order mark in front", owner(`%ef%bb%bf${you}`)],
    ["a raw character beyond ASCII", owner(`${you}\u00a0`)],
    ["a wrong percent-encoding", owner(`${you}%`)],
    ["bytes that are no UTF-8", owner(`${you}%ff%fe`)],
    ["a wildcard", owner("*")],
    ["an encoded wildcard", owner("%25")],
    ["the word me", owner("me")],
    ["a prefix of the other's id", owner(you.slice(0, -1))],
    ["an SQL condition", owner(`${me}'%20OR%20'1'='1`)],
    ["a fragment", `${mine}#/../../${you}${rest}`],
    ["a question mark inside", owner(`${you}%3f`)],
    ["a query for the own path", `${yours}?path=${mine}`],
    ["the absolute form", `${apiUrl.origin}${yours}`],
    ["the absolute form with another host", `http://localhost.invalid${yours}`],
    ["the absolute form with user info", `http://${me}@${apiUrl.host}${yours}`],
    ["the absolute form in other letters", `${apiUrl.origin.toUpperCase()}${yours}`],
    ["no slash at the start", yours.slice(1)],
  ];
}
