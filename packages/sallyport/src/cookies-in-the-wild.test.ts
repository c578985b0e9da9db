import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import {
  type BetterAuthServer,
  patientMs,
  type SignedIn,
  serviceKey,
  startBetterAuth,
} from "../test/auth-server.ts";
import { cookieHeaders, type NamedValue, parsePair } from "../test/cookie-headers.ts";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import { betterAuthSession, createGuard, type Guard } from "./index.ts";

const filler = (length: number) => `filler=${"x".repeat(length)}`;

/** What browsers, and the proxies and libraries that write cookies anew, send. */
const ordinaryForms: [form: string, write: (session: NamedValue, cookie: string) => string][] = [
  ["as it was set", (_, cookie) => cookie],
  ["first of many", (_, cookie) => `${cookie}; theme=dark; _ga=GA1.1.1.2`],
  ["last of many", (_, cookie) => `theme=dark; _ga=GA1.1.1.2; ${cookie}`],
  ["without spaces", (_, cookie) => `a=1;${cookie};b=2`],
  ["with more spaces", (_, cookie) => `  a=1 ;  ${cookie}  ;  b=2  `],
  ["with a tab", (_, cookie) => `a=1;\t${cookie}\t;b=2`],
  ["beside empty pairs", (_, cookie) => `;;${cookie}; ;`],
  ["beside cookies without a name or a value", (_, cookie) => `=x; y; z=; ${cookie}`],
  ["beside values with =", (_, cookie) => `a=b=c==; ${cookie}; d==`],
  ["beside quoted values and JSON", (_, cookie) => `q="x y"; j={"a":[1,2]}; ${cookie}`],
  ["beside bytes that are no ASCII", (_, cookie) => `n=caf\u00e9\u00a0\u00ff; ${cookie}`],
  ["beside what does not decode", (_, cookie) => `a=%; b=%E0%A4; ${cookie}`],
  ["before 8 KB of cookies", (_, cookie) => `${cookie}; ${filler(8_000)}`],
  ["after 8 KB of cookies", (_, cookie) => `${filler(8_000)}; ${cookie}`],
  ["twice, the same", (_, cookie) => `${cookie}; a=1; ${cookie}`],
  ["unencoded", ({ name, value }) => `${name}=${value}`],
  ["encoded in lower case", (_, cookie) => cookie.replace(/%../g, (octet) => octet.toLowerCase())],
  [
    "encoded throughout",
    ({ name, value }) => `${name}=${Buffer.from(value).toString("hex").replace(/../g, "%$&")}`,
  ],
  ["beside the twin of another prefix", ({ name }, cookie) => `${otherPrefix(name)}=x; ${cookie}`],
  ["beside its name in another case", ({ name }, cookie) => `${name.toUpperCase()}=x; ${cookie}`],
  [
    "beside Better Auth's other cookies",
    ({ name }, cookie) => `${name.replace("session_token", "session_data")}=x; ${cookie}`,
  ],
];

const installations = [
  { secure: false, cookiePrefix: "better-auth" },
  { secure: true, cookiePrefix: "better-auth" },
  { secure: false, cookiePrefix: "acme" },
  { secure: true, cookiePrefix: "acme" },
];

for (const { secure, cookiePrefix } of installations) {
  const cookieName = `${secure ? "__Secure-" : ""}${cookiePrefix}.session_token`;

  describe(`SEC17 the cookie ${cookieName}`, () => {
    let server: BetterAuthServer;
    let guard: Guard;
    let ada: SignedIn;

    before(async () => {
      server = await startBetterAuth({ secure, cookiePrefix });
      const named = cookiePrefix === "better-auth" ? { secure } : { cookieName };
      guard = createGuard({
        schemes: [
          betterAuthSession({ url: server.url, serviceKey, deadlineMs: patientMs, ...named }),
        ],
      });
      ada = await server.signUp("ada");
    });
    after(async () => {
      await guard.close();
      await server.close();
    });

    const verdict = async (cookie: string) => {
      const result = await guard.authenticate({ method: "GET", headers: new Headers({ cookie }) });
      return result.ok ? result.user.userId : result.failure.code;
    };
    /** Whom Better Auth takes the sender of this Cookie header for, asked without the guard. */
    const betterAuthsVerdict = async (cookie: string): Promise<string | undefined> => {
      const url = `${server.auth.options.baseURL}/api/auth/get-session`;
      const headers = { cookie, "X-Sallyport-Key": serviceKey };
      const response = await server.auth.handler(new Request(url, { headers }));
      const body: { user: { id: string } } | null = await response.json();
      return body?.user.id;
    };

    for (const [form, write] of ordinaryForms) {
      test(`is accepted ${form}`, async () => {
        const header = write(parsePair(ada.cookie), ada.cookie);
        assert.equal(await verdict(header), ada.userId);
        assert.equal(await betterAuthsVerdict(header), ada.userId);
      });
    }

    test(`never opens for whom Better Auth would not open, whatever surrounds it (seed ${fuzzSeed})`, async () => {
      const bob = await server.signUp("bob");
      const late = await server.signUp("late");
      server.expire(late);
      const gone = await server.signUp("gone");
      await server.signOut(gone);
      const cookies = [ada, bob, late, gone].map(({ cookie }) => parsePair(cookie));
      const forged = { name: cookieName, value: `${"t".repeat(32)}.${"s".repeat(43)}=` };
      const counts: Record<string, number> = {};

      await fc.assert(
        fc.asyncProperty(cookieHeaders([...cookies, forged]), async (header) => {
          const says = await verdict(header);
          counts[says] = (counts[says] ?? 0) + 1;
          if (says === ada.userId || says === bob.userId) {
            assert.equal(await betterAuthsVerdict(header), says);
          } else {
            assert.match(says, /^(credentials_missing|credentials_malformed|session_invalid)$/);
          }
        }),
        fuzzed(0.1),
      );
      assert.equal(Object.keys(counts).length, 5, "every kind of answer was seen");
    });
  });
}

function otherPrefix(name: string): string {
  return name.startsWith("__Secure-") ? name.slice("__Secure-".length) : `__Secure-${name}`;
}
