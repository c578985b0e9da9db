import * as z from "zod";
import type { BoundedClient, HttpAnswer, HttpRequest } from "./bounded-client.ts";
import { Unchecked } from "./finding.ts";
import type { DoctorConfig } from "./options.ts";
import { createOwnSessions, type OwnSession } from "./own-session.ts";

/** What the guard asks, so that nothing is renewed and nothing comes from a cache. */
export const lookUpPath = "/get-session?disableCookieCache=true&disableRefresh=true";

export interface Measurements {
  lookUps?: { count: number; p50Ms: number; p95Ms: number };
}

/** What checks look at the set-up with. */
export interface Probe {
  config: DoctorConfig;
  measurements: Measurements;
  /** Where Better Auth was found: without a `/` at its end. Throws `Unchecked` where it was not. */
  authUrl(): string;
  /** Sets it. */
  found(authUrl: string): void;
  /** Asks Better Auth; `path` begins behind its base path. */
  askAuth(path: string, request?: HttpRequest): Promise<HttpAnswer>;
  /** How often get-session was asked so far. */
  lookUps(): number;
  /** Asks any address of the named hosts. */
  ask(url: string, request?: HttpRequest): Promise<HttpAnswer>;
  /** Throws `Unchecked` where none was given. */
  apiUrl(): string;
  /** Whether Better Auth takes what changes things from pages of this origin. */
  trusts(origin: string): Promise<boolean>;
  /** The session that checks share, signed in when first wanted. Throws `Unchecked` without one. */
  session(): Promise<OwnSession>;
  /** One of a check's own, to be ended. */
  signIn(): Promise<OwnSession>;
  /** Whether Better Auth ended it. */
  signOut(session: OwnSession): Promise<boolean>;
  /** Ends whatever sessions are left; false if one of them could not be. */
  signOutAll(): Promise<boolean>;
  /** Whether there is the `sallyport()` plugin, and whether it takes the service key given. */
  plugin(): Promise<"missing" | "present" | "key taken" | "key refused">;
}

const batch = z.object({ results: z.array(z.null()) });
const untrusted = z.object({ code: z.literal("INVALID_ORIGIN") });

/** As a Better Auth takes itself to be that knows nothing of the proxy which ends https. */
export function withOtherScheme(origin: string): string {
  const isHttps = origin.startsWith("https:");
  return origin.replace(/^https?/, isHttps ? "http" : "https");
}

export function createProbe(config: DoctorConfig, client: BoundedClient): Probe {
  const measurements: Measurements = {};
  let foundAt: string | undefined;
  let shared: Promise<OwnSession> | undefined;
  let plugin: ReturnType<Probe["plugin"]> | undefined;

  function authUrl(): string {
    if (foundAt === undefined) throw new Unchecked("Better Auth was not found");
    return foundAt;
  }
  let lookUps = 0;
  const askAuth: Probe["askAuth"] = async (path, request) => {
    if (path.startsWith("/get-session")) lookUps += 1;
    return client.request(authUrl() + path, request);
  };
  const trusted = new Map<string, Promise<boolean>>();

  /** By a sign-out of nobody: with a cookie, Better Auth looks at the origin first. */
  async function askForTrust(origin: string): Promise<boolean> {
    const { status, json } = await askAuth("/sign-out", {
      method: "POST",
      headers: { origin, cookie: "sallyport-doctor=1" },
      body: {},
    });
    if (status === 200) return true;
    if (status === 403 && untrusted.safeParse(json).success) return false;
    throw new Unchecked(`sign-out answered ${status}`);
  }
  function trusts(origin: string): Promise<boolean> {
    const known = trusted.get(origin) ?? askForTrust(origin);
    trusted.set(origin, known);
    return known;
  }

  const sessions = createOwnSessions({
    config,
    async trustedOrigin() {
      const { pageOrigin } = config;
      const own = new URL(authUrl()).origin;
      for (const origin of [pageOrigin, own, withOtherScheme(own)]) {
        if (await trusts(origin)) return origin;
      }
      return undefined;
    },
    ask: async (path, request, persistence) =>
      client.request(authUrl() + path, request, persistence),
  });

  async function askForPlugin() {
    const { serviceKey } = config;
    const { status, json } = await askAuth("/sallyport/sessions", {
      method: "POST",
      headers: serviceKey === undefined ? {} : { "x-sallyport-key": serviceKey },
      body: { sessions: ["nobody's"] },
    });
    if (status === 404) return "missing";
    if (status === 200 && batch.safeParse(json).success) return "key taken";
    if (status !== 401) throw new Unchecked(`/sallyport/sessions answered ${status}`);
    return serviceKey === undefined ? "present" : "key refused";
  }

  return {
    config,
    measurements,
    authUrl,
    found(url) {
      foundAt = url;
    },
    askAuth,
    lookUps: () => lookUps,
    ask: (url, request) => client.request(url, request),
    apiUrl() {
      if (config.apiUrl === undefined) throw new Unchecked("add --api-url");
      return config.apiUrl;
    },
    trusts,
    session() {
      shared ??= sessions.signIn();
      return shared;
    },
    ...sessions,
    plugin() {
      plugin ??= askForPlugin();
      return plugin;
    },
  };
}
