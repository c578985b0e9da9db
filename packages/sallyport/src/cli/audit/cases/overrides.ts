import { type AuditCase, type AuditClass, marker } from "../case.ts";
import { namesItem } from "../routes.ts";
import {
  callRoute,
  collectionOf,
  createItem,
  credentials,
  json,
  readList,
  type Scene,
} from "../scene.ts";

export const overrideCases: AuditClass = {
  id: "overrides",
  title: "An owner in the query or the body",
  owasp: "API3:2023 Broken Object Property Level Authorization",
  asvs: "15.3.3",
  mend: "Take only named fields from a body, and the owner from none; refuse the others.",
  cases: (scene) => [...inQuery(scene), ...inBody(scene), ...moving(scene)],
};

const ownerFields = [
  "user_id",
  "userId",
  "uid",
  "user",
  "owner",
  "owner_id",
  "ownerId",
  "account_id",
];

function inQuery(scene: Scene): AuditCase[] {
  const { attacker, victim } = scene;
  const own = credentials(scene, attacker);
  const you = victim.session.userId;
  const list = readList(scene, attacker, own);
  const queries = [
    ...ownerFields.map((field) => `${field}=${you}`),
    `user_id=${attacker.session.userId}&user_id=${you}`,
    `user_id[]=${you}`,
    `user_id[$ne]=x`,
    `filter[user_id]=${you}`,
    `where={"user_id":"${you}"}`.replaceAll('"', "%22"),
    "all=true&scope=all",
  ];
  return queries.map((query) => ({
    name: `the query ${query.replaceAll(you, "<other>").replace(/=\w{20,}/, "=<own>")}`,
    asvs: query.includes("&user_id") ? "15.3.7" : "15.3.3",
    request: { ...list, target: `${list.target}?${query}` },
    expect: "apart",
  }));
}

function inBody(scene: Scene): AuditCase[] {
  const { attacker, victim } = scene;
  const own = credentials(scene, attacker);
  const you = victim.session.userId;
  const create = createItem(scene, attacker, own);
  /** The body of a new item with further members in front of its brace's end. */
  const also = (members: string) => scene.newItem.replace(/\}$/, `,${members}}`);
  const bodies: [name: string, body: string, asvs: string][] = [
    ...ownerFields.map((field): [string, string, string] => [
      `a body with ${field}`,
      also(`"${field}":"${you}"`),
      "15.3.3",
    ]),
    ["a body with user_id twice", also(`"user_id":"${you}","user_id":"${you}"`), "1.5.3"],
    ["a body with user as an object", also(`"user":{"id":"${you}"}`), "15.3.3"],
    ["a body with connect", also(`"user":{"connect":{"id":"${you}"}}`), "15.3.3"],
    ["a body with __proto__", also(`"__proto__":{"user_id":"${you}"}`), "15.3.6"],
    ["a body with constructor", also(`"constructor":{"prototype":{"user_id":"${you}"}}`), "15.3.6"],
    ["a body with the other's item id", also(`"id":"${victim.canary.id}"`), "15.3.3"],
    ["a body with a role", also('"role":"admin","isAdmin":true'), "15.3.3"],
    ["an array of bodies", `[${also(`"user_id":"${you}"`)}]`, "15.3.5"],
  ];
  const queried = `${collectionOf(scene, attacker)}?user_id=${you}&userId=${you}`;
  return [
    ...bodies.map(
      ([name, body, asvs]): AuditCase => ({
        name,
        asvs,
        request: { ...create, body },
        expect: "apart",
      }),
    ),
    {
      name: "a write with an owner in its query",
      request: { ...create, target: queried },
      expect: "apart",
    },
  ];
}

/** The own item is told to be the other's, and the other's to be one's own. */
function moving(scene: Scene): AuditCase[] {
  const { attacker, victim, routes } = scene;
  const own = credentials(scene, attacker);
  return routes
    .filter(({ method, template }) => ["PUT", "PATCH"].includes(method) && namesItem(template))
    .flatMap((route): AuditCase[] => {
      const request = callRoute(route, { owner: attacker, item: attacker.canary }, own);
      const change = route.body ?? JSON.stringify({ title: marker });
      const also = (members: string) => change.replace(/\}$/, `,${members}}`);
      return [
        {
          name: `${route.method} ${route.template}: the own item given to the other`,
          request: {
            ...request,
            headers: [json, ...own],
            body: also(`"user_id":"${victim.session.userId}","userId":"${victim.session.userId}"`),
          },
          expect: "apart",
        },
        {
          name: `${route.method} ${route.template}: the other's id in the body`,
          request: {
            ...request,
            headers: [json, ...own],
            body: also(`"id":"${victim.canary.id}"`),
          },
          expect: "apart",
        },
      ];
    });
}
