import type { JsonWebKey, KeyObject } from "node:crypto";
import { marker } from "./case.ts";
import type { Header, HttpRequest } from "./exchange.ts";
import type { Session } from "./identities.ts";
import { fillTemplate, type Route } from "./routes.ts";

/** A user of the audit's, with something in the backend that only this user may see. */
export interface Person {
  session: Session;
  canary: Item;
}

export interface Item {
  /** The text that was written. */
  text: string;
  id: string;
  /** As the owner's list has it. */
  json: string;
}

/** All that a case is made of. */
export interface Scene {
  mode: "session" | "jwt";
  apiUrl: URL;
  /** The origin of a page that may call the backend. */
  trustedOrigin: string;
  /** Where the collection is, `{user_id}` included. */
  path: string;
  /** A body that creates an item of the collection, with `marker` in it. */
  newItem: string;
  /** Those that work for the owner. */
  routes: readonly Route[];
  attacker: Person;
  victim: Person;
  /** Whether the audit signed the attacker up, so that nobody else's sessions are among its. */
  isThrowAway: boolean;
  /** The key that the backend verifies tokens with, if it was given. */
  tokenKey: KeyObject | undefined;
  /** Public keys that the auth server publishes, as JSON Web Keys. */
  publicKeys: readonly JsonWebKey[];
  /** Another session of the attacker's. Throws a `NotPossible`. */
  openSession(): Promise<Session>;
  /** Whether the attacker is let in with this session. */
  isLetIn(session: Session): Promise<boolean>;
  /** Has Better Auth end sessions; whether it says that it is done. */
  end(path: string, session: Session, body: object): Promise<boolean>;
  /** What somebody else's request is answered with before the case's own. */
  visit(request: HttpRequest): Promise<number | undefined>;
}

export const collectionOf = ({ path }: Scene, { session }: Person) =>
  fillTemplate(path, { owner: session.userId, item: "" });

/** The list of a user. */
export function readList(scene: Scene, owner: Person, headers: readonly Header[]): HttpRequest {
  return { method: "GET", target: collectionOf(scene, owner), headers };
}

/** A new item for a user. */
export function createItem(scene: Scene, owner: Person, headers: readonly Header[]): HttpRequest {
  return {
    method: "POST",
    target: collectionOf(scene, owner),
    headers: [json, ...headers],
    body: scene.newItem,
  };
}

/** A route, called for a user's item. */
export function callRoute(
  { method, template, body }: Route,
  { owner, item }: { owner: Person; item: Pick<Item, "id"> },
  headers: readonly Header[],
): HttpRequest {
  const target = fillTemplate(template, { owner: owner.session.userId, item: item.id });
  if (body === undefined) return { method, target, headers };
  return { method, target, headers: [json, ...headers], body };
}

export const json: Header = ["Content-Type", "application/json"];

/** What a user's own page sends. */
export function credentials({ mode, trustedOrigin }: Scene, { session }: Person): Header[] {
  return [credential(mode, session), ["Origin", trustedOrigin]];
}

function credential(mode: Scene["mode"], { cookie, token }: Session): Header {
  return mode === "session" ? ["Cookie", cookie] : ["Authorization", `Bearer ${token}`];
}

export function withMarker(request: HttpRequest, text: string): HttpRequest {
  const { body, target } = request;
  return {
    ...request,
    target: target.replaceAll(marker, text),
    ...(typeof body === "string" && { body: body.replaceAll(marker, text) }),
  };
}

/** With the cookie cache, where it is on: what a browser holds when a session ends elsewhere. */
export function browserCredential({ mode }: Scene, session: Session): Header {
  return mode === "session" ? ["Cookie", session.allCookies] : credential(mode, session);
}
