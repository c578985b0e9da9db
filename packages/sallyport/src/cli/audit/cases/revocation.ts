import { type AuditCase, type AuditClass, NotPossible, type Verdict } from "../case.ts";
import type { Header } from "../exchange.ts";
import { ownClaims } from "../forged-token.ts";
import type { HttpAnswer } from "../http-answer.ts";
import type { Session } from "../identities.ts";
import { fail, pass, unclear } from "../judge.ts";
import { browserCredential, createItem, readList, type Scene } from "../scene.ts";
import { decodeCookie } from "../secrets.ts";

export const revocationCases: AuditClass = {
  id: "revocation",
  title: "Sessions that have ended",
  owasp: "API2:2023 Broken Authentication",
  asvs: "7.4.1",
  mend: "Ask Better Auth on every request, past its cookie cache; keep no answer.",
  cases: (scene) =>
    endings.flatMap(([name, end]): AuditCase[] => {
      let ended: Promise<Header> | undefined;
      const once = () => {
        ended ??= endSession(scene, end);
        return ended;
      };
      return [
        {
          name: `read after ${name}`,
          request: async () => readList(scene, scene.attacker, [await once()]),
          expect: judgeEnded(scene),
        },
        {
          name: `write after ${name}`,
          request: async () => createItem(scene, scene.attacker, [await once()]),
          expect: judgeEnded(scene),
        },
      ];
    }),
};

type Ending = (scene: Scene, session: Session) => Promise<boolean>;

const endings: [name: string, end: Ending][] = [
  ["a sign-out", (scene, session) => scene.end("/sign-out", session, {})],
  [
    "a revocation from another device",
    (scene, session) =>
      scene.end("/revoke-session", scene.attacker.session, { token: sessionToken(session) }),
  ],
  [
    "all other sessions were revoked",
    (scene) => {
      if (!scene.isThrowAway) throw new NotPossible("would end sessions that are not the audit's");
      return scene.end("/revoke-other-sessions", scene.attacker.session, {});
    },
  ],
];

/** A session that the backend has seen at work, and that ends the moment before it is used again. */
async function endSession(scene: Scene, end: Ending): Promise<Header> {
  const session = await scene.openSession();
  if (!(await scene.isLetIn(session))) throw new NotPossible("a new session is not let in");
  if (!(await end(scene, session))) throw new NotPossible("Better Auth did not end the session");
  return browserCredential(scene, session);
}

function judgeEnded(scene: Scene): (answer: HttpAnswer) => Verdict {
  return ({ status }) => {
    if (status >= 500) return unclear(`answered ${status}`);
    if (status >= 300) return pass;
    if (scene.mode === "session") return fail(`let in (${status}) after the session had ended`);
    const { exp, iat } = ownClaims(scene) ?? {};
    const lifetimeSeconds = Number(exp) - Number(iat);
    return lifetimeSeconds <= maxLifetimeSeconds
      ? unclear(`a token counts until it ends, here for ${lifetimeSeconds} s`)
      : fail(`a token counts for up to ${lifetimeSeconds} s after its session has ended`);
  };
}

/** What a stateless token may outlive its session by, at most. */
const maxLifetimeSeconds = 900;

function sessionToken({ cookie }: Session): string {
  const value = decodeCookie(cookie.slice(cookie.indexOf("=") + 1));
  return value.slice(0, value.lastIndexOf("."));
}
