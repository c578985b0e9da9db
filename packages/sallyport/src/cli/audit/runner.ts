import {
  type AuditCase,
  type AuditClass,
  type CaseResult,
  NotPossible,
  type Verdict,
} from "./case.ts";
import type { HttpRequest, Send } from "./exchange.ts";
import { type Effects, fail, judge, pass, unclear } from "./judge.ts";
import { leakNames, leaksIn } from "./leaks.ts";
import { CannotJudge, type OwnersView } from "./owners-view.ts";
import { createItem, credentials, readList, type Scene, withMarker } from "./scene.ts";
import { secretsOf } from "./secrets.ts";

export interface ClassResult {
  auditClass: AuditClass;
  results: CaseResult[];
  /** Whether all of it was played against a backend that let its own users in. */
  isWhole: boolean;
}

export interface Surroundings {
  scene: Scene;
  view: OwnersView;
  send: Send;
  /** What is written begins with it. */
  run: string;
  /** When it is aborted, the cases that are left are not played. */
  stop: AbortSignal;
  /** Before each class: credentials that end soon are renewed. */
  renew(): Promise<void>;
  onProgress(done: { cases: number; classId: string; fails: number }): void;
}

const nothing: Effects = { victimChanged: false, attackerChanged: false, writtenTo: undefined };

/** Plays every case of every class, one after the other. */
export async function runClasses(
  classes: readonly AuditClass[],
  surroundings: Surroundings,
): Promise<ClassResult[]> {
  const { scene, send, view, run, stop, renew, onProgress } = surroundings;
  const before = await probe(surroundings);
  const leaks = new Map<string, CaseResult>();
  const done: ClassResult[] = [];
  let cases = 0;
  let fails = 0;
  /** Whether a case has written what its owner's list cannot be answered with. */
  let isSpoilt = false;

  for (const auditClass of classes) {
    await renew();
    const results: CaseResult[] = [];
    for (const auditCase of auditClass.cases(scene)) {
      const result = await play(auditCase, auditClass.asvs);
      results.push(result);
      cases += 1;
      if (result.outcome === "fail") fails += 1;
      onProgress({ cases, classId: auditClass.id, fails });
    }
    const isSound = isSpoilt || (await isStillSound());
    done.push({
      auditClass,
      results: isSound ? results : results.map(doubted),
      isWhole: isSound && !stop.aborted,
    });
  }
  const last = done.find(({ auditClass }) => auditClass.id === "errors");
  last?.results.push(...leakNames.map((name) => leaks.get(name) ?? noLeak(name)));
  return done;

  async function play(auditCase: AuditCase, asvs: string): Promise<CaseResult> {
    const { name } = auditCase;
    const result = { name, asvs: auditCase.asvs ?? asvs, request: "", status: null };
    if (isSpoilt) return { ...result, ...unclear("not played: what was written spoilt a list") };
    if (stop.aborted) return { ...result, ...unclear("not played: the audit was stopped") };
    const text = `${run}-${cases}x`;
    try {
      const prepared =
        typeof auditCase.request === "function" ? await auditCase.request() : auditCase.request;
      const request = withMarker(prepared, text);
      return { ...result, ...(await observe(auditCase, request, text)) };
    } catch (error) {
      if (error instanceof NotPossible) return { ...result, ...unclear(error.message) };
      throw error;
    }
  }

  async function observe({ name, expect }: AuditCase, request: HttpRequest, text: string) {
    const answer = await send(request);
    const status = "status" in answer ? answer.status : null;
    const shown = { request: withoutSecrets(`${request.method} ${request.target}`), status };
    if ("status" in answer) noteLeaks(answer.body, { name, asvs: "16.5.1", ...shown });
    const isReading = ["GET", "HEAD", "OPTIONS"].includes(request.method) && expect !== "inert";
    let effects = nothing;
    try {
      if (!isReading) effects = await view.effects(text);
      if (effects.victimChanged || effects.attackerChanged || effects.writtenTo) {
        await view.repair(effects, text);
      }
    } catch (error) {
      if (!(error instanceof CannotJudge)) throw error;
      if (error.status === 500) {
        isSpoilt = true;
        return { ...shown, ...fail(`since then ${error.message}`) };
      }
      return { ...shown, ...unclear(`its owner could not be asked afterwards: ${error.message}`) };
    }
    const verdict = judge(expect, {
      method: request.method,
      answer,
      effects,
      canaries: {
        // What the request itself says may come back in a message, and tells nobody anything.
        victim: [scene.victim.canary.text, scene.victim.session.email].filter(
          (canary) => !JSON.stringify(request).includes(canary),
        ),
        attacker: [scene.attacker.canary.text],
      },
      anonymousIsRefused: isReading ? before.readIsRefused : before.writeIsRefused,
      listBytes: before.listBytes,
    });
    return { ...shown, ...verdict };
  }

  function noteLeaks(body: string, found: Omit<CaseResult, keyof Verdict>): void {
    const { victim, attacker } = scene;
    const secrets = [...secretsOf(victim.session), ...secretsOf(attacker.session)];
    for (const name of leaksIn(body, secrets)) {
      if (leaks.has(name)) continue;
      const reason = `in the answer to "${found.name}"`;
      leaks.set(name, { ...found, ...fail(reason), name: `no answer shows ${name}` });
    }
  }

  function withoutSecrets(text: string): string {
    const { victim, attacker } = scene;
    return [...secretsOf(victim.session), ...secretsOf(attacker.session)].reduce(
      (shown, secret) => shown.replaceAll(secret, "…"),
      text,
    );
  }

  /** A backend that refuses everybody passes nothing. */
  async function isStillSound(): Promise<boolean> {
    try {
      for (const person of [scene.victim, scene.attacker]) await view.list(person);
      return true;
    } catch {
      return false;
    }
  }
}

function noLeak(name: string): CaseResult {
  return { name: `no answer shows ${name}`, asvs: "16.5.1", request: "", status: null, ...pass };
}

function doubted(result: CaseResult): CaseResult {
  if (result.outcome !== "pass") return result;
  return { ...result, ...unclear("the backend no longer lets its own users in") };
}

/** What becomes of requests without any credential. */
async function probe({ scene, send, view, run }: Surroundings) {
  const { victim, attacker } = scene;
  const isRefused = async (request: HttpRequest) => {
    const answer = await send(request);
    return "status" in answer && answer.status >= 300;
  };
  const text = `${run}-anonymous`;
  const headLength = async (person: typeof victim) => {
    const request = readList(scene, person, credentials(scene, person));
    const answer = await send({ ...request, method: "HEAD" });
    return "status" in answer ? answer.headers.get("content-length") : null;
  };
  const probed = {
    readIsRefused: await isRefused(readList(scene, victim, [])),
    writeIsRefused: await isRefused(withMarker(createItem(scene, victim, []), text)),
    listBytes: { victim: await headLength(victim), attacker: await headLength(attacker) },
  };
  await view.repair(await view.effects(text), text);
  return probed;
}
