import { type AuditCase, type AuditClass, marker, type Verdict } from "../case.ts";
import type { Header, HttpRequest } from "../exchange.ts";
import type { HttpAnswer } from "../http-answer.ts";
import { fail, pass, unclear } from "../judge.ts";
import { leaksIn } from "../leaks.ts";
import { collectionOf, createItem, credentials, readList, type Scene } from "../scene.ts";

export const errorCases: AuditClass = {
  id: "errors",
  title: "Errors that end in 500 or tell of the inside",
  owasp: "API8:2023 Security Misconfiguration",
  asvs: "16.5.1",
  mend: "Check input before it is used; answer errors with a fixed sentence and log the cause.",
  // Bodies come last: what of them is stored may spoil the list that the others go by.
  cases: (scene) => [...queries(scene), ...items(scene), ...messages(scene), ...bodies(scene)],
};

function judgeError({ status, body }: HttpAnswer): Verdict {
  const leaks = leaksIn(body, []);
  if (leaks.length > 0) return fail(`answered ${status} and showed ${leaks.join(" and ")}`);
  if (status === 503) return unclear("answered 503");
  // What a method or a version is refused with.
  if (status >= 500 && status !== 501 && status !== 505) {
    return fail(`answered ${status}: an error that nobody handled`);
  }
  return pass;
}

const provoke = (name: string, request: HttpRequest, asvs = "16.5.4"): AuditCase => ({
  name,
  asvs,
  request,
  expect: judgeError,
});

function bodies(scene: Scene): AuditCase[] {
  const create = createItem(scene, scene.attacker, credentials(scene, scene.attacker));
  const texts: [name: string, body: string | Buffer][] = [
    ["no body", ""],
    ["half a JSON text", '{"title":'],
    ["JSON null", "null"],
    ["a JSON number", "1e999"],
    ["a JSON text", `"${marker}"`],
    ["an empty array", "[]"],
    ["an empty object", "{}"],
    ["10,000 brackets", "[".repeat(10_000)],
    ["5,000 objects in each other", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
    ["a NUL in a text", scene.newItem.replace(marker, `${marker}\\u0000`)],
    ["numbers for texts", scene.newItem.replaceAll(`"${marker}"`, "1")],
    ["arrays for texts", scene.newItem.replaceAll(`"${marker}"`, '["x"]')],
    ["objects for texts", scene.newItem.replaceAll(`"${marker}"`, '{"$ne":null}')],
    ["nulls for texts", scene.newItem.replaceAll(`"${marker}"`, "null")],
    ["a text of 100,000 letters", scene.newItem.replace(marker, marker + "x".repeat(100_000))],
    ["SQL in a text", scene.newItem.replace(marker, `${marker}'); DROP TABLE x; --`)],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ["a UTF-16 body", Buffer.from(scene.newItem, "utf16le")],
    ["a body that is no gzip", "not gzip at all"],
    ["a lone surrogate", scene.newItem.replace(marker, `${marker}\\ud800`)],
  ];
  return texts.map(([name, body]) => {
    const encoding: Header[] = name.includes("gzip") ? [["Content-Encoding", "gzip"]] : [];
    return provoke(name, { ...create, headers: [...create.headers, ...encoding], body });
  });
}

function queries(scene: Scene): AuditCase[] {
  const list = readList(scene, scene.attacker, credentials(scene, scene.attacker));
  const texts = ["%", "%00", "%ff", "'", "__proto__[x]=1", "limit=-1", "limit=1e309", "limit=NaN"];
  const more = ["cursor=garbage", "page=99999999999999999999", "sort=';", "a[b][c][d][e][f]=1"];
  const long = `q=${"x".repeat(7_000)}`;
  return [...texts, ...more, long].map((query) =>
    provoke(`the query ${query.slice(0, 30)}`, { ...list, target: `${list.target}?${query}` }),
  );
}

function items(scene: Scene): AuditCase[] {
  const headers = credentials(scene, scene.attacker);
  const list = collectionOf(scene, scene.attacker);
  const ids = ["0", "-1", "999999999999999999999999", "1e309", "null", "'", "%00", "%ff"];
  return [...ids, "__proto__", "x".repeat(3_000)].map((id) =>
    provoke(`an item with the id ${id.slice(0, 30)}`, {
      method: "GET",
      target: `${list}/${id}`,
      headers,
    }),
  );
}

/** Messages that are hardly HTTP (RFC 9112). */
function messages(scene: Scene): AuditCase[] {
  const own = credentials(scene, scene.attacker);
  const create = createItem(scene, scene.attacker, own);
  const list = readList(scene, scene.attacker, own);
  const withHeaders = (request: HttpRequest, ...headers: Header[]): HttpRequest => ({
    ...request,
    headers: [...request.headers, ...headers],
  });
  return [
    provoke("a Host that is none", withHeaders(list, ["Host", "[::1"]), "4.2.1"),
    provoke("an empty Host", withHeaders(list, ["Host", ""]), "4.2.1"),
    provoke("a broken forwarded scheme", withHeaders(list, ["X-Forwarded-Proto", "x y"]), "4.2.1"),
    provoke("a negative length", withHeaders(create, ["Content-Length", "-1"]), "4.2.1"),
    provoke(
      "a length and chunks",
      withHeaders(create, ["Content-Length", "4"], ["Transfer-Encoding", "chunked"]),
      "4.2.1",
    ),
    provoke(
      "chunks that are none",
      { ...withHeaders(create, ["Transfer-Encoding", "chunked"]), body: "zz\r\n\r\n" },
      "4.2.1",
    ),
    provoke("20 KB of headers", withHeaders(list, ["X-Long", "x".repeat(20_000)]), "15.2.2"),
    provoke(
      "500 cookies",
      withHeaders(list, ["Cookie", Array.from({ length: 500 }, (_, i) => `c${i}=1`).join("; ")]),
      "15.2.2",
    ),
  ];
}
