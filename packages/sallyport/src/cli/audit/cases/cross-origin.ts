import type { AuditCase, AuditClass, Verdict } from "../case.ts";
import type { Header } from "../exchange.ts";
import type { HttpAnswer } from "../http-answer.ts";
import { fail, pass, unclear } from "../judge.ts";
import { collectionOf, readList, type Scene } from "../scene.ts";

export const crossOriginCases: AuditClass = {
  id: "cross-origin",
  title: "Pages of another origin",
  owasp: "API8:2023 Security Misconfiguration",
  asvs: "3.5.1",
  mend: "Check Origin on every change, take application/json alone, list the allowed origins exactly.",
  cases: (scene) => [...writes(scene), ...readers(scene)],
};

const evil = "https://evil.example";
const crossSite: Header[] = [
  ["Origin", evil],
  ["Sec-Fetch-Site", "cross-site"],
  ["Sec-Fetch-Mode", "no-cors"],
];

/** With the victim's cookie, which its browser adds by itself; it adds no token. */
function writes(scene: Scene): AuditCase[] {
  const { victim, newItem } = scene;
  const request = (type: string | undefined, headers: readonly Header[], body = newItem) => ({
    method: "POST",
    target: collectionOf(scene, victim),
    headers: [
      ["Cookie", victim.session.cookie] as const,
      ...(type === undefined ? [] : [["Content-Type", type] as const]),
      ...headers,
    ],
    body,
  });
  const boundary = "----audit";
  const fields = Object.entries(JSON.parse(newItem)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const form = new URLSearchParams(fields).toString();
  const multipart = `${fields
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join("")}--${boundary}--\r\n`;
  /** Fetch 2.2.2: what a page may send without being allowed to. */
  const simple: [name: string, type: string | undefined, body: string][] = [
    ["text/plain with JSON", "text/plain", newItem],
    ["text/plain; charset with JSON", "text/plain;charset=utf-8", newItem],
    ["text/plain that names JSON", "text/plain; application/json", newItem],
    ["no content type", undefined, newItem],
    ["an empty content type", "", newItem],
    ["a form", "application/x-www-form-urlencoded", form],
    ["a form's type with JSON", "application/x-www-form-urlencoded", newItem],
    ["a multipart form", `multipart/form-data; boundary=${boundary}`, multipart],
  ];
  const origins: [name: string, headers: Header[]][] = [
    ["a foreign origin", crossSite],
    [
      "the origin null",
      [
        ["Origin", "null"],
        ["Sec-Fetch-Site", "cross-site"],
      ],
    ],
    ["no Origin, but cross-site", [["Sec-Fetch-Site", "cross-site"]]],
    [
      "a sibling site",
      [
        ["Origin", sibling(scene)],
        ["Sec-Fetch-Site", "same-site"],
      ],
    ],
  ];
  return [
    ...simple.flatMap(([what, type, body]) =>
      origins.map(
        ([from, headers]): AuditCase => ({
          name: `a write from ${from}: ${what}`,
          asvs: type === undefined || /plain|json/.test(type) ? "3.5.2" : "3.5.1",
          request: request(type, headers, body),
          expect: "foreign form",
        }),
      ),
    ),
    ...[...origins, ...lookAlikes(scene).map(withOrigin)].map(
      ([from, headers]): AuditCase => ({
        name: `a write from ${from}: application/json`,
        request: request("application/json", headers),
        expect: "foreign script",
      }),
    ),
  ];
}

/** Whether the answer lets a foreign page's script read it. */
function readers(scene: Scene): AuditCase[] {
  const { victim } = scene;
  const foreign: [string, string][] = [
    ["a foreign origin", evil],
    ["the origin null", "null"],
    ...lookAlikes(scene),
  ];
  return foreign.flatMap(([from, origin]): AuditCase[] => [
    {
      name: `a read from ${from} is not handed to its page`,
      asvs: "3.4.2",
      request: readList(scene, victim, [
        ["Cookie", victim.session.cookie],
        ["Origin", origin],
      ]),
      expect: (answer) => judgeGrant(answer, origin),
    },
    {
      name: `a preflight from ${from} is not granted`,
      asvs: "3.4.2",
      request: {
        method: "OPTIONS",
        target: collectionOf(scene, victim),
        headers: [
          ["Origin", origin],
          ["Access-Control-Request-Method", "DELETE"],
          ["Access-Control-Request-Headers", "content-type"],
        ],
      },
      expect: (answer) => judgeGrant(answer, origin),
    },
  ]);
}

function judgeGrant({ headers }: HttpAnswer, origin: string): Verdict {
  const granted = headers.get("access-control-allow-origin");
  const withCredentials = headers.get("access-control-allow-credentials") === "true";
  if (granted === origin && withCredentials) {
    return fail(`lets pages of ${origin} read answers with the user's cookie`);
  }
  // Fetch 3.2.5: browsers take no `*` with credentials.
  if (granted === origin) return unclear(`names ${origin} as allowed, though without credentials`);
  return pass;
}

const withOrigin = ([name, origin]: [string, string]): [string, Header[]] => [
  name,
  [["Origin", origin]],
];

function sibling({ trustedOrigin }: Scene): string {
  const url = new URL(trustedOrigin);
  return `${url.protocol}//${url.hostname}:${url.port === "4444" ? 4445 : 4444}`;
}

/** What a comparison by prefix, suffix or unescaped pattern takes for the trusted origin. */
function lookAlikes({ trustedOrigin }: Scene): [name: string, origin: string][] {
  const { protocol, hostname, host } = new URL(trustedOrigin);
  return [
    ["the trusted origin as a prefix", `${trustedOrigin}.evil.example`],
    ["the trusted host as a suffix", `${protocol}//evil${host}`],
    ["a subdomain of the trusted host", `${protocol}//evil.${host}`],
    ["the trusted host with another port", `${protocol}//${hostname}:4444`],
    ["the trusted host as user info", `${protocol}//${host}@evil.example`],
    [
      "the trusted host in another scheme",
      `${protocol === "https:" ? "http:" : "https:"}//${host}`,
    ],
    ["the trusted origin with a path", `${trustedOrigin}/evil.example`],
  ];
}
