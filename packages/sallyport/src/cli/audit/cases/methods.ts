import type { AuditCase, AuditClass } from "../case.ts";
import { fail, pass, unclear } from "../judge.ts";
import { namesItem } from "../routes.ts";
import {
  callRoute,
  collectionOf,
  createItem,
  credentials,
  readList,
  type Scene,
} from "../scene.ts";

export const methodCases: AuditClass = {
  id: "methods",
  title: "Methods that nobody thinks of",
  owasp: "API5:2023 Broken Function Level Authorization",
  asvs: "4.1.4",
  mend: "Put the check in front of every method of the path, and honour no method override.",
  cases: (scene) => [...unusual(scene), ...echoing(scene), ...overrides(scene)],
};

const unusualMethods = [
  ...["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "QUERY", "PROPFIND", "SEARCH", "REPORT", "COPY"],
  ...["MOVE", "LINK", "LOCK", "PURGE", "get", "GeT", "Post", "AUDIT"],
];

function unusual(scene: Scene): AuditCase[] {
  const own = credentials(scene, scene.attacker);
  return unusualMethods.flatMap((method): AuditCase[] => {
    const isRead = ["HEAD", "get", "GeT"].includes(method);
    return [
      {
        name: `${method} on the other's path`,
        request: { ...readList(scene, scene.victim, own), method },
        expect: "apart",
      },
      {
        name: `${method} without a credential`,
        request: { ...readList(scene, scene.victim, []), method },
        expect: isRead ? "refused" : "apart",
      },
    ];
  });
}

function echoing(scene: Scene): AuditCase[] {
  const own = credentials(scene, scene.attacker);
  const [, value] = own[0] ?? ["", ""];
  return ["TRACE", "TRACK"].map((method) => ({
    name: `${method} does not send the credential back`,
    asvs: "13.4.4",
    request: { ...readList(scene, scene.attacker, own), method },
    expect: ({ status, body }) => {
      if (body.includes(value)) return fail(`${method} is on, and sent the credential back`);
      return status >= 200 && status < 300 ? unclear(`${method} is answered with ${status}`) : pass;
    },
  }));
}

/** By these, frameworks let a client say another method than the one that proxies and guards see. */
function overrides(scene: Scene): AuditCase[] {
  const { attacker, victim, routes } = scene;
  const own = credentials(scene, attacker);
  const headers = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
  const remove = routes.find(({ method }) => method === "DELETE");
  const read = routes.find(({ method, template }) => method === "GET" && namesItem(template));
  const cases: AuditCase[] = headers.flatMap((header): AuditCase[] => [
    {
      name: `POST with ${header}: GET on the other's path`,
      request: createItem(scene, victim, [...own, [header, "GET"]]),
      expect: "apart",
    },
    {
      name: `OPTIONS with ${header}: GET and no credential`,
      request: { ...readList(scene, victim, [[header, "GET"]]), method: "OPTIONS" },
      expect: "apart",
    },
    {
      name: `POST with ${header}: OPTIONS and no credential`,
      request: createItem(scene, victim, [[header, "OPTIONS"]]),
      expect: "refused",
    },
  ]);
  if (!remove || !read) return cases;
  const withQuery = (query: string, target: string) => `${target}?${query}`;
  const item = callRoute(read, { owner: attacker, item: attacker.canary }, own);
  const others = callRoute(read, { owner: victim, item: victim.canary }, own);
  return [
    ...cases,
    ...headers.map(
      (header): AuditCase => ({
        name: `a GET with ${header}: DELETE changes nothing`,
        asvs: "3.5.3",
        request: { ...item, headers: [...own, [header, "DELETE"]] },
        expect: "inert",
      }),
    ),
    {
      name: "a GET with _method=DELETE changes nothing",
      asvs: "3.5.3",
      request: { ...item, target: withQuery("_method=DELETE", item.target) },
      expect: "inert",
    },
    {
      name: "a POST with _method=DELETE for the other's item",
      request: {
        ...others,
        method: "POST",
        headers: [...own, ["Content-Type", "application/x-www-form-urlencoded"]],
        body: "_method=DELETE",
      },
      expect: "apart",
    },
    {
      name: "DELETE on the whole of the other's list",
      request: { method: "DELETE", target: collectionOf(scene, victim), headers: own },
      expect: "apart",
    },
  ];
}
