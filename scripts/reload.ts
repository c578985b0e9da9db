import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { buildLibrary } from "./build.ts";
import { rootFolder } from "./root-folder.ts";
import type { System } from "./system.ts";

const settleMs = 150;

interface Affected {
  library?: boolean;
  web?: boolean;
  api?: boolean;
}

// Next reloads pages and components by itself, but not what server.ts imports.
const watched: Record<string, Affected> = {
  "packages/sallyport/src": { library: true, web: true, api: true },
  "packages/server/src": { web: true, api: true },
  "packages/storage/src": { web: true, api: true },
  "apps/api/src": { api: true },
  "apps/web": { web: true },
  "apps/web/auth": { web: true },
  "apps/web/http": { web: true },
  "apps/web/runtime": { web: true },
};

/** Restarts the servers whose own code changed, until `stopping` aborts. */
export function reloadOnChange(system: System, stopping: AbortSignal): void {
  let affected: Affected = {};
  let timer: NodeJS.Timeout | undefined;
  let reloading = Promise.resolve();

  const onChange = (path: string, now: Affected) => (_event: string, file: string | null) => {
    if (!file || !/(?<!\.test|\.d)\.ts$/.test(file)) {
      return;
    }
    affected = { ...affected, ...now };
    clearTimeout(timer);
    timer = setTimeout(() => {
      const todo = affected;
      affected = {};
      console.log(`${path}/${file} changed.`);
      reloading = reloading.then(() => reload(system, todo, stopping));
    }, settleMs);
  };
  const watchers: FSWatcher[] = Object.entries(watched).map(([path, now]) =>
    watch(join(rootFolder, path), { recursive: path !== "apps/web" }, onChange(path, now)),
  );
  stopping.addEventListener("abort", () => {
    clearTimeout(timer);
    for (const watcher of watchers) {
      watcher.close();
    }
  });
}

async function reload(system: System, todo: Affected, stopping: AbortSignal): Promise<void> {
  try {
    if (todo.library) {
      await buildLibrary(stopping);
    }
    await Promise.all([
      todo.web && system.web.stop().then(() => system.web.start(stopping)),
      todo.api && system.api.stop().then(() => system.api.start(stopping)),
    ]);
  } catch (error) {
    if (!stopping.aborted) {
      const line = error instanceof Error ? error.message : String(error);
      console.error(`${line}\nWaiting for a change.`);
    }
  }
}
