import type { AuditCase, AuditClass, Verdict } from "../case.ts";
import { NotPossible } from "../case.ts";
import type { HttpRequest } from "../exchange.ts";
import type { HttpAnswer } from "../http-answer.ts";
import { fail, pass, unclear } from "../judge.ts";
import {
  callRoute,
  collectionOf,
  createItem,
  credentials,
  readList,
  type Scene,
} from "../scene.ts";

export const cachingCases: AuditClass = {
  id: "caching",
  title: "Private answers in caches",
  owasp: "API8:2023 Security Misconfiguration",
  asvs: "14.3.2",
  mend: "Send Cache-Control: no-store on everything behind the check, refusals included.",
  cases: (scene) => [...declared(scene), ...deceived(scene)],
};

/** RFC 9111 3: whether a cache that is shared, or this browser's next user, may serve it. */
function judgeCaching({ status, headers }: HttpAnswer): Verdict {
  const control = headers.get("cache-control")?.toLowerCase() ?? "";
  if (/\bno-store\b/.test(control)) return pass;
  if (/\bpublic\b|\bs-maxage=0*[1-9]/.test(control)) {
    return fail(`a shared cache may keep it (${status}, Cache-Control: ${control})`);
  }
  if (/\bmax-age=0*[1-9]/.test(control) && !/\bprivate\b/.test(control)) {
    const varies = /cookie|authorization|\*/i.test(headers.get("vary") ?? "");
    return varies
      ? unclear(`kept by caches for each credential (Cache-Control: ${control})`)
      : fail(`a cache may serve it to others (Cache-Control: ${control}, no Vary)`);
  }
  return unclear(
    control === ""
      ? "has no Cache-Control: each cache decides by itself (RFC 9111 4.2.2)"
      : `has Cache-Control: ${control}, and not no-store`,
  );
}

function declared(scene: Scene): AuditCase[] {
  const { attacker, victim, routes } = scene;
  const own = credentials(scene, attacker);
  const reads = routes
    .filter(({ method }) => method === "GET")
    .map((route): [string, HttpRequest] => [
      `GET ${route.template}`,
      callRoute(route, { owner: attacker, item: attacker.canary }, own),
    ]);
  const answers: [name: string, request: HttpRequest][] = [
    ...reads,
    ["HEAD of the list", { ...readList(scene, attacker, own), method: "HEAD" }],
    ["a created item", createItem(scene, attacker, own)],
    ["a refusal for want of a credential", readList(scene, victim, [])],
    ["a refusal of the other's path", readList(scene, victim, own)],
  ];
  return answers.map(([name, request]) => ({ name, request, expect: judgeCaching }));
}

/** The victim opens a link, and whoever made it asks for the same address afterwards. */
function deceived(scene: Scene): AuditCase[] {
  const { victim, attacker } = scene;
  const list = collectionOf(scene, victim);
  const endings = ["", "/x.css", ".css", "%2fx.css", ";x.css", "%0ax.css", "%3fx.css", "?x.css"];
  const visit = async (target: string) => {
    const status = await scene.visit({
      method: "GET",
      target,
      headers: credentials(scene, victim),
    });
    if (status === undefined) throw new NotPossible("the owner got no answer at this address");
  };
  return endings.flatMap((ending): AuditCase[] => {
    const target = `${list}${ending}`;
    const name = ending === "" ? "the list itself" : `the list with ${ending}`;
    return [
      {
        name: `${name}, after its owner and without a credential`,
        asvs: ending === "" ? "14.2.2" : "14.2.5",
        request: async () => {
          await visit(target);
          return { method: "GET", target, headers: [] };
        },
        expect: "apart",
      },
      {
        name: `${name}, after its owner and as another user`,
        asvs: ending === "" ? "14.2.2" : "14.2.5",
        request: async () => {
          await visit(target);
          return { method: "GET", target, headers: credentials(scene, attacker) };
        },
        expect: "apart",
      },
    ];
  });
}
