import fc from "fast-check";

/** Bytes as a text that a failed test can show: one character each, U+0000 to U+00FF (latin1). */
export type Bytes = string;

/** What an authority might send: any status, any headers, any body. */
export interface HostileAnswer {
  status: number;
  headers: [name: string, value: string][];
  body: Bytes;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const odd = {
  dates: [
    "2099-01-01",
    "2099-01-01T00:00Z",
    "2099-01-01T00:00:00",
    "2099-01-01T00:00:00+00:00",
    "2099-01-01T00:00:00.123456789123Z",
    "2099-02-30T00:00:00Z",
    "2099-12-31T23:59:60Z",
    "2099-12-31T24:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "+275760-09-13T00:00:00.000Z",
    "0000-01-01T00:00:00Z",
    "1970-01-01T00:00:00.000Z",
    " 2099-01-01T00:00:00Z",
    "2099-01-01t00:00:00z",
    "Fri, 01 Jan 2099 00:00:00 GMT",
    "tomorrow",
    "4102444800000",
    4_102_444_800,
    4_102_444_800_000,
  ],
  values: [null, true, false, 0, -1, 1e308, Number.MAX_SAFE_INTEGER, "", " ", "null", [], {}],
  keys: ["__proto__", "constructor", "prototype", "toString", "id", "banned", "token", "session"],
};
/** Better Auth's own "no session", as 401, and what looks like it. */
const codes = ["UNAUTHORIZED", "FAILED_TO_GET_SESSION", "session_invalid", "unauthorized", "X", 1];

interface Original {
  /** The body of a true answer. */
  validBody: string;
  /** Where in it a session is, with its user. */
  sessionAt: readonly string[];
  /** What says in its place that there is none. */
  none: string;
  token: string;
}

/** Answers made from a valid one: mostly small changes, for the large ones are easily refused. */
export function hostileAnswers(original: Original): fc.Arbitrary<HostileAnswer> {
  const { validBody, sessionAt, token } = original;
  const valid: Json = JSON.parse(validBody);
  // An authority that calls a user by their token is beyond help.
  const known = leaves(valid).filter((leaf) => leaf !== token);
  const date = fc
    .date({ min: new Date(0), max: new Date("2100"), noInvalidDate: true })
    .map((date) => date.toISOString());
  const value: fc.Arbitrary<Json> = fc.oneof(
    fc.constantFrom<Json>(...odd.values),
    fc.constantFrom<Json>(...odd.dates),
    fc.constantFrom(...known),
    date,
    fc.jsonValue({ maxDepth: 2 }).map((json): Json => JSON.parse(JSON.stringify(json))),
  );
  const change = fc.record({
    path: fc.constantFrom(...pathsOf(valid)),
    kind: fc.constantFrom("drop", "rename", "replace", "replace", "add"),
    key: fc.oneof(fc.constantFrom(...odd.keys), fc.string({ maxLength: 4 })),
    value,
  });
  const changed = fc
    .array(change, { maxLength: 3 })
    .map((changes) => JSON.stringify(changes.reduce(applied, valid)));
  const banned = value.map((ban) =>
    JSON.stringify(
      applied(valid, { path: [...sessionAt, "user"], kind: "add", key: "banned", value: ban }),
    ),
  );
  const expiring = fc
    .oneof(date, fc.constantFrom(...odd.dates))
    .map((value) =>
      applied(valid, {
        path: [...sessionAt, "session", "expiresAt"],
        kind: "replace",
        key: "",
        value,
      }),
    )
    .map((answer) => JSON.stringify(answer));
  const none = fc.constantFrom(
    original.none,
    ...["null", " null\n", "NULL", "nul", "", "undefined", "false"],
  );
  const refusal = fc
    .constantFrom(...codes)
    .map((code) => JSON.stringify({ code, message: "Unauthorized" }));
  const text = fc.oneof(
    { weight: 2, arbitrary: fc.constant(validBody) },
    { weight: 5, arbitrary: changed },
    banned,
    expiring,
    none,
    refusal,
    fc.json(),
    fc.string({ unit: "binary" }),
    duplicatedKeys(validBody, value),
    fc.nat(20_000).map((depth) => nested(validBody, depth)),
  );
  return fc.record({
    status: fc.oneof(
      { weight: 20, arbitrary: fc.constant(200) },
      { weight: 4, arbitrary: fc.constant(401) },
      fc.constantFrom(201, 203, 204, 206, 301, 302, 304, 307, 400, 403, 404, 405, 429, 500, 503),
      fc.integer({ min: 200, max: 999 }),
    ),
    headers: fc.array(header, { maxLength: 4 }),
    body: text.chain(encodings),
  });
}

const token = fc.stringMatching(/^[a-z!#$%&'*+.^_`|~-]{1,12}$/);
const fieldValue = fc.stringMatching(
  /^[\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff]{0,40}[\x21-\x7e])?$/,
);
const header = fc.oneof(
  fc.constantFrom<[string, string][]>(
    ["content-type", "application/json"],
    ["content-type", "text/html"],
    ["content-encoding", "gzip"],
    ["content-encoding", "br, br, br"],
    ["location", "/elsewhere"],
    ["retry-after", "-1"],
    ["x-retry-after", "99999999999"],
    ["set-cookie", "better-auth.session_token=x"],
    ["set-cookie", "__proto__=x; Path=/"],
    ["keep-alive", "timeout=0"],
    ["keep-alive", "timeout=-5, max=0"],
    ["connection", "close"],
  ),
  // `x-` keeps clear of those that frame the message: those are the raw bytes' part.
  fc.tuple(
    token.map((name) => `x-${name}`),
    fieldValue,
  ),
);

/** A text in UTF-8, and what a broken pipe or a strange server makes of it. */
function encodings(text: string): fc.Arbitrary<Bytes> {
  const utf8 = Buffer.from(text).toString("latin1");
  const byteOrderMark = Buffer.from("\ufeff").toString("latin1");
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(utf8) },
    fc.constant(byteOrderMark + utf8),
    fc.constant(byteOrderMark + byteOrderMark + utf8),
    fc.constant(Buffer.from(text, "utf16le").toString("latin1")),
    fc.nat(utf8.length).map((length) => utf8.slice(0, length)),
    anyBytes.map((trailing) => utf8 + trailing),
    damaged(utf8),
  );
}

export const anyBytes: fc.Arbitrary<Bytes> = fc.string({
  unit: fc.nat(255).map((byte) => String.fromCharCode(byte)),
});

/** A few bytes dropped and others put in, such as make no UTF-8. */
export function damaged(bytes: Bytes): fc.Arbitrary<Bytes> {
  return fc
    .tuple(fc.nat(bytes.length), fc.nat(3), fc.oneof(anyBytes, fc.constant("\xff\xc0")))
    .map(([at, dropped, added]) => bytes.slice(0, at) + added + bytes.slice(at + dropped));
}

interface Change {
  path: readonly string[];
  kind: string;
  key: string;
  value: Json;
}

function applied(json: Json, change: Change): Json {
  const [first, ...rest] = change.path;
  if (first === undefined) return change.kind === "add" ? { [change.key]: json } : change.value;
  if (json === null || typeof json !== "object") return json;
  const entries = Object.entries(json).flatMap(([key, value]): [string, Json][] => {
    if (key !== first) return [[key, value]];
    if (rest.length > 0) return [[key, applied(value, { ...change, path: rest })]];
    if (change.kind === "drop") return [];
    if (change.kind === "rename") return [[change.key, value]];
    if (change.kind === "replace") return [[key, change.value]];
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    const members = isObject ? Object.entries(value) : [];
    // Object.fromEntries defines what it is given: `__proto__` becomes a member like any other.
    return [[key, Object.fromEntries([...members, [change.key, change.value]])]];
  });
  return Array.isArray(json) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function pathsOf(json: Json): string[][] {
  if (json === null || typeof json !== "object") return [[]];
  return [
    [],
    ...Object.entries(json).flatMap(([key, value]) => pathsOf(value).map((rest) => [key, ...rest])),
  ];
}

function leaves(json: Json): Json[] {
  if (json === null || typeof json !== "object") return [json];
  return Object.values(json).flatMap(leaves);
}

/** The same member twice, before and after the true one: which counts is a matter of parsers. */
function duplicatedKeys(validBody: string, value: fc.Arbitrary<Json>): fc.Arbitrary<string> {
  const members = validBody.match(/"\w+":/g) ?? [];
  return fc
    .tuple(fc.constantFrom(...members), value, fc.boolean())
    .map(([member, json, before]) => {
      const twin = `${member}${JSON.stringify(json)}`;
      return before
        ? validBody.replace(member, `${twin},${member}`)
        : validBody.replace(/\}(\}?)$/, (_, rest: string) => `,${twin}}${rest}`);
    });
}

function nested(validBody: string, depth: number): string {
  return validBody.replace(/^\{/, `{"deep":${"[".repeat(depth)}${"]".repeat(depth)},`);
}
