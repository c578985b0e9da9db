import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { AuditCase, AuditClass } from "../case.ts";
import { claimsOf, compactJws, forgedToken, headerOf, hmac } from "../forged-token.ts";
import { createItem, readList, type Scene } from "../scene.ts";
import { weakSecrets } from "./weak-secrets.ts";

export const tokenCases: AuditClass = {
  id: "tokens",
  title: "Tokens that nobody issued",
  owasp: "API2:2023 Broken Authentication",
  asvs: "9.1.1",
  mend: "Verify with one algorithm and one key that the configuration names, and neither by the header.",
  cases: (scene) =>
    [...unsigned(scene), ...otherKeys(scene), ...keyTricks(scene), ...shapes(scene)].flatMap(
      ([name, token, asvs], index): AuditCase[] => {
        const headers = [["Authorization", `Bearer ${token}`]] as const;
        const read: AuditCase = {
          name: `read with ${name}`,
          asvs,
          request: readList(scene, scene.victim, headers),
          expect: "refused",
        };
        if (index % 4 !== 0) return [read];
        const request = createItem(scene, scene.victim, headers);
        return [read, { name: `write with ${name}`, asvs, request, expect: "refused" }];
      },
    ),
};

type NamedToken = [name: string, token: string, asvs: string];

const noSignature = () => "";

function unsigned(scene: Scene): NamedToken[] {
  const claims = claimsOf(scene, scene.victim);
  const [, , ownSignature = "AAAA"] = scene.attacker.session.token.split(".");
  const { typ } = headerOf(scene);
  const algs = [
    "none",
    "None",
    "NONE",
    "nOnE",
    "none ",
    "",
    null,
    ["none"],
    { alg: "none" },
    0,
    true,
  ];
  const named = (value: unknown) => JSON.stringify(value);
  return [
    ...algs.map(
      (alg): NamedToken => [
        `alg ${named(alg)}, not signed`,
        compactJws({ alg, typ }, claims, noSignature),
        "9.1.2",
      ],
    ),
    ["no alg, not signed", compactJws({ typ }, claims, noSignature), "9.1.2"],
    [
      "alg none and a signature",
      compactJws({ alg: "none", typ }, claims, () => ownSignature),
      "9.1.2",
    ],
    [
      "alg none and no third part",
      compactJws({ alg: "none", typ }, claims, noSignature).slice(0, -1),
      "9.1.2",
    ],
    ["alg HS256, not signed", compactJws({ alg: "HS256", typ }, claims, noSignature), "9.1.1"],
    [
      "alg twice, none first",
      compactJws('{"alg":"none","alg":"HS256"}', claims, noSignature),
      "1.5.3",
    ],
    [
      "alg twice, none last",
      compactJws('{"alg":"HS256","alg":"none"}', claims, noSignature),
      "1.5.3",
    ],
    [
      "alg none in __proto__",
      compactJws('{"__proto__":{"alg":"none"}}', claims, noSignature),
      "15.3.6",
    ],
    [
      "the own signature under other claims",
      compactJws(headerOf(scene), claims, () => ownSignature),
      "9.1.1",
    ],
    [
      "a signature of zero bytes",
      compactJws(headerOf(scene), claims, () => Buffer.alloc(32)),
      "9.1.1",
    ],
    [
      "ES256 with a signature of zeros (CVE-2022-21449)",
      compactJws({ alg: "ES256", typ }, claims, () => Buffer.alloc(64)),
      "9.1.1",
    ],
    [
      "a plain hash for a signature",
      compactJws(headerOf(scene), claims, (input) => createHash("sha256").update(input).digest()),
      "9.1.1",
    ],
    ["a signature of one byte", compactJws(headerOf(scene), claims, () => Buffer.of(0)), "9.1.1"],
  ];
}

const algorithmsOf = { rsa: "RS256", ec: "ES256", ed25519: "EdDSA" };

function otherKeys(scene: Scene): NamedToken[] {
  const claims = claimsOf(scene, scene.victim);
  const { typ } = headerOf(scene);
  const asymmetric = keyPairs().map(([kind, { privateKey, publicKey }]): NamedToken[] => {
    const alg = algorithmsOf[kind];
    const jwk = publicKey.export({ format: "jwk" });
    const signed = (header: object) =>
      compactJws({ alg, typ, ...header }, claims, (input) => signWith(kind, privateKey, input));
    return [
      [`${alg} of a key of one's own`, signed({}), "9.1.2"],
      [`${alg} with its key as jwk`, signed({ jwk }), "9.1.3"],
      [`${alg} with a jku`, signed({ jku: "https://audit.invalid/jwks", kid: "x" }), "9.1.3"],
    ];
  });
  const published = scene.publicKeys.flatMap((jwk): NamedToken[] => {
    const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
    const pem = key.export({ format: "pem", type: "spki" });
    const der = key.export({ format: "der", type: "spki" });
    const header = { alg: "HS256", typ, kid: Reflect.get(jwk, "kid") };
    const texts: [string, string | Buffer][] = [
      ["as PEM", pem],
      ["as PEM without its last line end", pem.toString().trimEnd()],
      ["as DER", der],
      ["as a JWK", JSON.stringify(jwk)],
      ["as its x", jwk.x ?? jwk.n ?? ""],
    ];
    return texts.map(([how, secret]) => [
      `HS256 with the public key for a secret, ${how}`,
      compactJws(header, claims, hmac(secret)),
      "9.1.2",
    ]);
  });
  const weak = weakSecrets.map(
    (key): NamedToken => [
      `HS256 with the secret ${JSON.stringify(key)}`,
      forgedToken(scene, scene.victim, { header: { alg: "HS256" }, key }),
      "9.1.1",
    ],
  );
  const others = ["HS384", "HS512"].map(
    (alg): NamedToken => [
      `${alg} with an empty secret`,
      compactJws({ alg, typ }, claims, hmac("", alg)),
      "9.1.2",
    ],
  );
  return [...asymmetric.flat(), ...published, ...weak, ...others];
}

function keyPairs() {
  return [
    ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ec", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["ed25519", generateKeyPairSync("ed25519")],
  ] as const;
}

function signWith(kind: keyof typeof algorithmsOf, key: KeyObject, input: string): Buffer {
  const bytes = Buffer.from(input);
  if (kind === "ec") return sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" });
  return sign(kind === "rsa" ? "sha256" : null, bytes, key);
}

/** What a verifier might make a key of, when it goes by the header. */
function keyTricks(scene: Scene): NamedToken[] {
  const octet = { kty: "oct", k: Buffer.from("mine").toString("base64url") };
  const tricks: [name: string, header: object, key: string][] = [
    ["a kid that is a file without content", { kid: "../../../../../../dev/null" }, ""],
    ["a kid that is an absolute path", { kid: "/dev/null" }, ""],
    ["a kid that is a file of zeros", { kid: "/proc/sys/kernel/randomize_va_space" }, "2\n"],
    ["a kid with SQL", { kid: "x' UNION SELECT 'mine" }, "mine"],
    ["a kid with a command", { kid: "x; echo mine" }, "mine"],
    ["a kid that is an address", { kid: "https://audit.invalid/key" }, "mine"],
    ["an empty kid", { kid: "" }, ""],
    ["a kid that is null", { kid: null }, ""],
    ["a kid that is a number", { kid: 0 }, ""],
    ["a kid that is __proto__", { kid: "__proto__" }, "[object Object]"],
    ["a kid that is constructor", { kid: "constructor" }, "function Object() { [native code] }"],
    ["its secret as jwk", { jwk: octet }, "mine"],
    ["its secret as k", { k: octet.k }, "mine"],
    ["an x5u", { x5u: "https://audit.invalid/cert" }, "mine"],
    ["an x5c", { x5c: ["MIIB"] }, "mine"],
    ["crit that names nothing known", { crit: ["exp"] }, "mine"],
    ["b64 false", { b64: false, crit: ["b64"] }, "mine"],
    ["zip", { zip: "DEF" }, "mine"],
  ];
  return tricks.map(([name, header, key]) => [
    `HS256 with ${name}`,
    forgedToken(scene, scene.victim, { header: { alg: "HS256", ...header }, key }),
    "9.1.3",
  ]);
}

function shapes(scene: Scene): NamedToken[] {
  const forged = forgedToken(scene, scene.victim);
  const [header = "", payload = "", signature = ""] = forged.split(".");
  const nested = Buffer.from(forged).toString("base64url");
  const deep = `${"[".repeat(3_000)}${"]".repeat(3_000)}`;
  const empty = () => Buffer.alloc(32);
  const tokens: [name: string, token: string][] = [
    ["one part", header],
    ["two parts", `${header}.${payload}`],
    ["four parts", `${forged}.${signature}`],
    ["five parts, as of a JWE", `${forged}.${signature}.${signature}`],
    ["dots alone", ".."],
    ["a hundred dots", ".".repeat(100)],
    ["JSON serialisation", JSON.stringify({ payload, protected: header, signature })],
    ["a token in a token", `${header}.${nested}.${signature}`],
    ["claims that are null", compactJws({ alg: "HS256" }, "null", empty)],
    ["claims that are an array", compactJws({ alg: "HS256" }, "[]", empty)],
    ["claims 3,000 arrays deep", compactJws({ alg: "HS256" }, deep, empty)],
    ["a header that is null", compactJws("null", claimsOf(scene, scene.victim), empty)],
    ["a header that is no JSON", compactJws("x", claimsOf(scene, scene.victim), empty)],
    ["12 KB of claims", compactJws({ alg: "HS256" }, { x: "x".repeat(9_000) }, empty)],
  ];
  return tokens.map(([name, token]) => [name, token, "9.1.1"]);
}
