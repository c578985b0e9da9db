import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { UsageError } from "../usage-error.ts";
import { NotPossible } from "./case.ts";
import { createSend } from "./exchange.ts";
import { type AuthServer, createAuthServer, type Identity, type Session } from "./identities.ts";
import { type AuditConfig, isLoopback } from "./options.ts";
import { createOwnersView, itemIds, type OwnersView } from "./owners-view.ts";
import { documentedRoutes, fillTemplate, namesItem, type Route, usualRoutes } from "./routes.ts";
import { browserCredential, type Person, readList, type Scene } from "./scene.ts";

/** Between two requests to a backend that is not this machine's own. */
const remoteGapMs = 50;
/** Lists come in pages. */
const cleanUpRounds = 20;
/** A token that ends sooner is renewed before the next class. */
const minTokenLifeSeconds = 150;

/**
 * The control phase: two users, each with something of its own that its own credential can create
 * and see. Throws a `CannotJudge` where that does not work; what was made until then is cleaned up
 * by `cleanUp`, which is known from the start.
 */
export async function setStage(
  config: AuditConfig,
  identities: readonly [Identity, Identity] | undefined,
  cleaners: Array<() => Promise<string[]>>,
) {
  const { mode, apiUrl, authUrl, path, origin: trustedOrigin, tokenKey } = config;
  const run = `audit-${randomBytes(6).toString("hex")}`;
  const auth = createAuthServer(authUrl, mode);
  const send = createSend(apiUrl, isLoopback(apiUrl.hostname) ? 0 : remoteGapMs);
  const documented = await readRoutes(config);
  const routes = documented ?? usualRoutes(path);

  const enter = async (name: string, given: Identity | undefined): Promise<Entered> => {
    const { identity, session } = given
      ? { identity: given, session: await auth.signIn(given) }
      : await auth.signUp(`${run}-${name}`);
    cleaners.push(() => leave(auth, identity, session));
    return { identity, person: { session, canary: { text: "", id: "", json: "" } } };
  };
  const attacker = await enter("a", identities?.[0]);
  const victim = await enter("b", identities?.[1]);
  if (attacker.person.session.userId === victim.person.session.userId) {
    throw new UsageError("the two identities must be two users, found one and the same");
  }

  const scene: Scene = {
    mode,
    apiUrl,
    trustedOrigin,
    path,
    newItem: bodyOfCreation(routes, path),
    routes,
    attacker: attacker.person,
    victim: victim.person,
    isThrowAway: identities === undefined,
    tokenKey,
    publicKeys: await auth.publicKeys(),
    async openSession() {
      const session = await auth.signIn(attacker.identity);
      if (session.cookie !== attacker.person.session.cookie) return session;
      throw new NotPossible(
        "needs an e-mail and a password: a session that was given is not ended",
      );
    },
    async isLetIn(session) {
      const answer = await send(
        readList(scene, attacker.person, [browserCredential(scene, session)]),
      );
      return "status" in answer && answer.status === 200;
    },
    end: auth.end,
    async visit(request) {
      const answer = await send(request);
      return "status" in answer ? answer.status : undefined;
    },
  };
  const view = createOwnersView(scene, send);
  for (const { person, identity } of [attacker, victim]) {
    const before = new Set(itemIds(await view.list(person)));
    const isOwn = "isOwn" in identity && identity.isOwn;
    // Ahead of the sign-outs, which would leave nobody to delete anything.
    cleaners.unshift(() => removeItems(view, person, isOwn ? { before } : { run, before }));
  }
  // Of different lengths, so that a HEAD tells them apart.
  attacker.person.canary = await view.create(attacker.person, `${run}-mine`);
  victim.person.canary = await view.create(victim.person, `${run}-of-the-other-user`);

  const { working, failing } = await tryRoutes(scene, view, run);
  scene.routes = working;
  return {
    scene,
    view,
    send,
    run,
    /** Documented routes that do not work for their owner with what the audit sends. */
    uncovered: documented ? failing : [],
    async renew() {
      if (mode !== "jwt") return;
      for (const { person } of [attacker, victim]) {
        if (endsSoon(person.session)) person.session = await auth.renew(person.session);
      }
    },
  };
}

interface Entered {
  identity: Identity;
  person: Person;
}

async function readRoutes({ openapi, apiUrl }: AuditConfig): Promise<Route[] | undefined> {
  if (openapi === undefined) return undefined;
  const prefix = apiUrl.pathname.replace(/\/+$/, "");
  try {
    const text = /^https?:/.test(openapi)
      ? await (await fetch(openapi, { redirect: "error" })).text()
      : await readFile(openapi, "utf8");
    return documentedRoutes(JSON.parse(text)).map((route) => ({
      ...route,
      template: prefix + route.template,
    }));
  } catch (cause) {
    const message = "--openapi must be an OpenAPI document in JSON, found something else";
    throw new UsageError(message, { cause });
  }
}

function bodyOfCreation(routes: readonly Route[], path: string): string {
  const sameFor = (template: string) => fillTemplate(template, { owner: "", item: "" });
  const create = routes.find(
    ({ method, template }) => method === "POST" && sameFor(template) === sameFor(path),
  );
  if (create?.body !== undefined) return create.body;
  throw new UsageError(`--openapi must have POST ${path} with a JSON body, found none`);
}

/** Only what works for the owner proves anything when it is refused to somebody else. */
async function tryRoutes(scene: Scene, view: OwnersView, run: string) {
  const { attacker, routes } = scene;
  const working: Route[] = [];
  const failing: string[] = [];
  const isRemoval = (route: Route) => route.method === "DELETE";
  for (const route of [...routes].sort((a, b) => Number(isRemoval(a)) - Number(isRemoval(b)))) {
    const isItems = namesItem(route.template);
    const item = isItems ? await view.create(attacker, `${run}-spare`) : attacker.canary;
    // A collection that can be deleted as a whole holds what the audit goes by.
    const status = isRemoval(route) && !isItems ? 0 : await view.works(route, attacker, item);
    if (isItems) await view.remove(attacker, item);
    if (status >= 200 && status < 300) working.push(route);
    else failing.push(`${route.method} ${route.template} (${status || "not tried"})`);
  }
  return { working, failing };
}

/**
 * Removes what was not there before: all of it from users that are the audit's own, from others
 * what has its mark. Resolves to what is left behind.
 */
async function removeItems(
  view: OwnersView,
  person: Person,
  { run, before }: { run?: string; before: ReadonlySet<string> },
): Promise<string[]> {
  const { userId, email } = person.session;
  let left: string[] = [];
  for (let round = 0; round < cleanUpRounds; round++) {
    const body = await view.list(person);
    left = itemIds(body).filter((id) => !before.has(id) && id !== userId);
    const own = left.filter((id) => run === undefined || isMarked(body, id, run));
    if (own.length === 0) break;
    for (const id of own) await view.remove(person, { id });
  }
  return left.length === 0 ? [] : [`${left.length} items of ${email} that may be the audit's`];
}

/** Whether the id stands in one object with the mark. */
function isMarked(body: string, id: string, mark: string): boolean {
  const objects = body.match(/\{[^{}]*\}/g) ?? [];
  return objects.some((text) => text.includes(id) && text.includes(mark));
}

async function leave(auth: AuthServer, identity: Identity, session: Session): Promise<string[]> {
  if ("cookie" in identity) return [];
  const { email, password, isOwn } = identity;
  if (isOwn && (await auth.end("/delete-user", session, { password }))) return [];
  const isOut = await auth.end("/sign-out", session);
  return [
    ...(isOwn ? [`the user ${email}: Better Auth's delete-user is off, or refused`] : []),
    ...(isOut ? [] : [`a session of ${email}`]),
  ];
}

const expiring = z.object({ exp: z.number().default(Number.POSITIVE_INFINITY) });

function endsSoon({ token }: Session): boolean {
  const [, payload = ""] = token.split(".");
  const { exp } = expiring.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  return exp - Date.now() / 1_000 < minTokenLifeSeconds;
}
