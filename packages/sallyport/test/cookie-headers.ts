import fc from "fast-check";

/** A session cookie as its server knows it: `value` is `token.signature`, not encoded. */
export interface NamedValue {
  name: string;
  value: string;
}

/** What `name=percent-encoded value` stands for. */
export function parsePair(cookie: string): NamedValue {
  const equals = cookie.indexOf("=");
  return { name: cookie.slice(0, equals), value: decodeURIComponent(cookie.slice(equals + 1)) };
}

/** Everything a header value may hold (RFC 9110 5.5), leaning towards what parsers stumble over. */
const octet = fc.oneof(
  fc.constantFrom(..."=;, \t\"'%+.\\\u00a0"),
  fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code === 0x7f ? 9 : code)),
);
const text = fc.string({ unit: octet, maxLength: 24 });
const blank = fc.constantFrom("", "", "", " ", "\t", "  ", "\u00a0");
const separator = fc.constantFrom("; ", "; ", "; ", ";", " ; ", ";; ", ";\t", "; ; ", ", ");

/**
 * `Cookie` headers as browsers, proxies and attackers write them around these session cookies:
 * about a third have one of them in a form that a browser sends.
 */
export function cookieHeaders(sessions: readonly NamedValue[]): fc.Arbitrary<string> {
  const session = fc.constantFrom(...sessions);
  const browserPair = session.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`);
  const sessionPair = session.chain(({ name, value }) =>
    fc
      .tuple(blank, spelledNames(name), blank, blank, spelledValues(value), blank)
      .map(
        ([a, spelledName, b, c, spelledValue, d]) =>
          `${a}${spelledName}${b}=${c}${spelledValue}${d}`,
      ),
  );
  const otherPair = fc.oneof(
    fc.tuple(text, text).map(([name, value]) => `${name}=${value}`),
    text,
    fc.constantFrom("", " ", "=", "a=", "=b", 'q="x; y"', 'json={"a":1,"b":[2]}', "_ga=GA1.1.1.2"),
    fc.integer({ min: 1, max: 8_000 }).map((length) => `filler=${"x".repeat(length)}`),
  );
  const around = (pair: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.array(otherPair, { maxLength: 4 }), pair, fc.array(otherPair, { maxLength: 4 }))
      .map(([before, middle, after]) => [...before, middle, ...after]);
  const anything = fc.array(fc.oneof(browserPair, sessionPair, otherPair), { maxLength: 8 });
  const pairs = fc.oneof(around(browserPair), around(sessionPair), anything);
  return fc
    .tuple(pairs, fc.array(separator, { minLength: 12, maxLength: 12 }))
    .map(([list, separators]) =>
      list.map((pair, index) => (index === 0 ? "" : separators[index]) + pair).join(""),
    )
    .filter((header) => header.length < 12_000);
}

function spelledNames(name: string): fc.Arbitrary<string> {
  const bare = name.replace(/^__(Secure|Host)-/, "");
  const others = [
    bare,
    `__Secure-${bare}`,
    `__Host-${bare}`,
    `__secure-${bare}`,
    name.toUpperCase(),
    name.replace("s", "S"),
    name.replace("-", "%2D"),
    name.replace("session_token", "session_data"),
    `${name}.0`,
    `x${name}`,
    name.slice(1),
    `"${name}"`,
  ];
  return fc.oneof({ weight: 3, arbitrary: fc.constant(name) }, fc.constantFrom(...others));
}

function spelledValues(value: string): fc.Arbitrary<string> {
  const encoded = encodeURIComponent(value);
  const lowerCaseHex = encoded.replace(/%../g, (triplet) => triplet.toLowerCase());
  const other = [
    value,
    lowerCaseHex,
    encoded.replaceAll("%2B", "+"),
    value.replaceAll("+", " "),
    encodeURIComponent(encoded),
    encodeURIComponent(value.replaceAll("+", "%2B")),
    `"${encoded}"`,
    `"${value}"`,
    `"${encoded}`,
    `${encoded}"`,
    `"${value}=`,
    `%22${encoded}%22`,
    `'${encoded}'`,
    value.replaceAll("+", "-").replaceAll("/", "_"),
    value.replace(/=$/, ""),
    value.replace(/\..*/, ""),
    `${value}.${value}`,
    `%00${encoded}`,
    `${encoded}%`,
    // Base64 (RFC 4648 3.5): the last character's lowest bits say nothing, so a twin decodes alike.
    value.replace(/.=$/, "B="),
    value.replace(/.=$/, "h="),
  ];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(encoded) },
    { weight: 4, arbitrary: fc.constantFrom(...other) },
    overEncoded(value),
    damaged(value),
    damaged(encoded),
  );
}

/** Escapes that no encoder writes but every decoder reads (RFC 3986 2.1). */
function overEncoded(value: string): fc.Arbitrary<string> {
  const spelled = [...value].map((character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
    return fc.constantFrom(character, `%${hex}`, `%${hex.toUpperCase()}`);
  });
  return fc.tuple(...spelled).map((characters) => characters.join(""));
}

function damaged(value: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(value.length - 1), fc.nat(2), fc.string({ unit: octet, maxLength: 2 }))
    .map(([at, dropped, added]) => value.slice(0, at) + added + value.slice(at + dropped));
}
