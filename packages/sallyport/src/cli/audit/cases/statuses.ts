import type { AuditCase, AuditClass, Verdict } from "../case.ts";
import type { HttpRequest } from "../exchange.ts";
import type { HttpAnswer } from "../http-answer.ts";
import { fail, pass, unclear } from "../judge.ts";
import { namesItem } from "../routes.ts";
import { callRoute, createItem, credentials, type Person, readList, type Scene } from "../scene.ts";

export const statusCases: AuditClass = {
  id: "statuses",
  title: "What refusals say",
  owasp: "API8:2023 Security Misconfiguration",
  asvs: "16.5.3",
  mend: "401 with WWW-Authenticate for want of a credential, 403 for another's data (RFC 9110 15.5).",
  cases: (scene) => [...unauthenticated(scene), ...forbidden(scene)],
};

function unauthenticated(scene: Scene): AuditCase[] {
  const { victim } = scene;
  const requests: [name: string, request: HttpRequest][] = [
    ["a read without a credential", readList(scene, victim, [])],
    ["a write without a credential", createItem(scene, victim, [])],
    ["a garbage token", readList(scene, victim, [["Authorization", "Bearer garbage"]])],
    ["a garbage cookie", readList(scene, victim, [["Cookie", brokenCookie(victim)]])],
  ];
  return requests.map(([name, request]) => ({
    name: `${name} is 401 with a challenge`,
    request,
    expect: judgeChallenge,
  }));
}

const brokenCookie = ({ session: { cookie } }: Person) => `${cookie.split("=", 1)[0]}=garbage`;

function judgeChallenge(answer: HttpAnswer): Verdict {
  const { status, headers } = answer;
  const failure = judgeRefusal(answer);
  if (failure) return failure;
  if (status === 404) return unclear("refused with 404, which hides a mistake in the address");
  if (status !== 401) return unclear(`refused with ${status}; 401 says that signing in would help`);
  return headers.has("www-authenticate")
    ? pass
    : unclear("401 without WWW-Authenticate, which RFC 9110 15.5.2 asks for");
}

function forbidden(scene: Scene): AuditCase[] {
  const { attacker, victim, routes } = scene;
  const own = credentials(scene, attacker);
  const read = routes.find(({ method, template }) => method === "GET" && namesItem(template));
  const nobody: Person = {
    ...victim,
    session: { ...victim.session, userId: "nobodyHasThisId00000000000000000" },
  };
  const requests: [name: string, request: HttpRequest, wanted: number[]][] = [
    ["a read of the other's list", readList(scene, victim, own), [403]],
    ["a write to the other's list", createItem(scene, victim, own), [403]],
    ["a read of nobody's list", readList(scene, nobody, own), [403]],
  ];
  const onItem = (owner: Person, id: string): HttpRequest[] =>
    read ? [callRoute(read, { owner, item: { ...victim.canary, id } }, own)] : [];
  return [
    ...requests,
    ...onItem(victim, victim.canary.id).map((request): (typeof requests)[number] => [
      "the other's item on its own path",
      request,
      [403],
    ]),
    ...onItem(attacker, victim.canary.id).map((request): (typeof requests)[number] => [
      "the other's item on the caller's path",
      request,
      [404, 403],
    ]),
    ...onItem(attacker, unusedId(victim.canary.id)).map((request): (typeof requests)[number] => [
      "an item that nobody has",
      request,
      [404, 403],
    ]),
  ].map(([name, request, wanted]) => ({
    name: `${name} is ${wanted.join(" or ")}`,
    asvs: "8.3.1",
    request,
    expect: (answer) => judgeForbidden(answer, wanted),
  }));
}

function judgeForbidden(answer: HttpAnswer, wanted: number[]): Verdict {
  const failure = judgeRefusal(answer);
  if (failure) return failure;
  if (wanted.includes(answer.status)) return pass;
  return answer.status === 401
    ? unclear("refused with 401, which clients take for a sign-out")
    : unclear(`refused with ${answer.status}`);
}

function judgeRefusal({ status }: HttpAnswer): Verdict | undefined {
  if (status === 503 || status === 429) return unclear(`answered ${status}`);
  if (status >= 500) return fail(`answered ${status}, an error, where a refusal is wanted`);
  if (status < 300) return unclear(`answered ${status}; the other classes say whether it harms`);
  return undefined;
}

/** Of the same form, so that it gets as far as the other. */
function unusedId(id: string): string {
  const last = id.slice(-1);
  return `${id.slice(0, -1)}${last === "0" ? "1" : "0"}`;
}
