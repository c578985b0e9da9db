import type { HttpRequest, Send, Silence } from "./exchange.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { Effects } from "./judge.ts";
import { namesItem, type Route } from "./routes.ts";
import {
  callRoute,
  createItem,
  credentials,
  type Item,
  type Person,
  readList,
  type Scene,
  withMarker,
} from "./scene.ts";

/** The audit has nothing to judge by: its own users do not get what is theirs. */
export class CannotJudge extends Error {
  override readonly name = "CannotJudge";
  /** What an owner was answered, if that is what is wrong. */
  readonly status: number | undefined;

  constructor(message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.status = status;
  }
}

/** What the two users see and do with their own data, by their own good credentials. */
export function createOwnersView(scene: Scene, send: Send) {
  const own = (person: Person) => credentials(scene, person);

  async function ask(what: string, request: HttpRequest): Promise<HttpAnswer> {
    const answer = await send(request);
    if ("status" in answer && [200, 201].includes(answer.status)) return answer;
    throw new CannotJudge(
      `${what} answered ${describe(answer)} to its owner, where 200 or 201 is wanted`,
      "status" in answer ? { status: answer.status } : {},
    );
  }

  async function list(person: Person): Promise<string> {
    const request = readList(scene, person, own(person));
    return (await ask(`GET ${scene.path}`, request)).body;
  }

  async function create(person: Person, text: string): Promise<Item> {
    await ask(`POST ${scene.path}`, withMarker(createItem(scene, person, own(person)), text));
    const item = findItem(await list(person), text);
    if (item) return item;
    throw new CannotJudge(`GET ${scene.path} does not show its owner what was created there`);
  }

  async function remove(person: Person, item: Pick<Item, "id">): Promise<void> {
    const route = scene.routes.find(
      ({ method, template }) => method === "DELETE" && namesItem(template),
    );
    if (route && item.id !== "") {
      await send(callRoute(route, { owner: person, item }, own(person)));
    }
  }

  return {
    list,
    create,
    remove,

    /** Whether the owner may call it, with an item that may be lost. */
    async works(route: Route, person: Person, item: Item): Promise<number> {
      const request = callRoute(route, { owner: person, item }, own(person));
      const answer = await send(withMarker(request, item.text));
      return "status" in answer ? answer.status : 0;
    },

    /** What has become of both users' data; `text` is what the case's request might have written. */
    async effects(text: string): Promise<Effects> {
      const { victim, attacker } = scene;
      const [victims, attackers] = [await list(victim), await list(attacker)];
      const writtenTo = victims.includes(text) ? "victim" : undefined;
      return {
        victimChanged: findItem(victims, victim.canary.text)?.json !== victim.canary.json,
        attackerChanged: findItem(attackers, attacker.canary.text)?.json !== attacker.canary.json,
        writtenTo: writtenTo ?? (attackers.includes(text) ? "attacker" : undefined),
      };
    },

    /** Brings back what a case has changed, and takes out what it has written. */
    async repair(effects: Effects, text: string): Promise<void> {
      const { victim, attacker } = scene;
      for (const [person, isChanged, name] of [
        [victim, effects.victimChanged, "victim"],
        [attacker, effects.attackerChanged, "attacker"],
      ] as const) {
        if (effects.writtenTo === name) {
          const stray = findItem(await list(person), text);
          if (stray) await remove(person, stray);
        }
        if (!isChanged) continue;
        const damaged = findItem(await list(person), person.canary.text);
        if (damaged) await remove(person, damaged);
        person.canary = await create(person, person.canary.text);
      }
    },
  };
}

export type OwnersView = ReturnType<typeof createOwnersView>;

function describe(answer: HttpAnswer | Silence): string {
  return "silence" in answer ? `nothing (${answer.silence})` : String(answer.status);
}

/** The innermost object of a JSON text with a member that begins with the text. */
function findItem(body: string, text: string): Item | undefined {
  let found: Item | undefined;
  const isIt = (value: unknown) => typeof value === "string" && value.startsWith(text);
  const visit = (value: unknown): void => {
    if (found || typeof value !== "object" || value === null) return;
    for (const inner of Object.values(value)) visit(inner);
    if (found || Array.isArray(value) || !Object.values(value).some(isIt)) return;
    const members = new Map(Object.entries(value));
    const id: unknown = members.get("id") ?? members.get("_id") ?? members.get("uuid") ?? "";
    found = { text, id: String(id), json: JSON.stringify(value) };
  };
  try {
    visit(JSON.parse(body));
  } catch {
    return undefined;
  }
  return found;
}

/** The ids of all objects in a JSON text. */
export function itemIds(body: string): string[] {
  return [...body.matchAll(/"(?:id|_id|uuid)":\s*("[^"\\]{1,200}"|\d{1,20})/g)].map(([, id = ""]) =>
    String(JSON.parse(id)),
  );
}
