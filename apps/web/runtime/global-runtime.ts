import type { Runtime } from "./runtime.ts";

/** Next bundles the pages apart from the server: what both use meets here. */
const key: unique symbol = Symbol.for("sallyport.web");
const shared: typeof globalThis & { [key]?: Promise<Runtime> | undefined } = globalThis;

export function shareRuntime(runtime: Runtime): void {
  shared[key] = Promise.resolve(runtime);
}

/** What `server.ts` made; on a host that runs only Next, made by the first request. */
export function sharedRuntime(): Promise<Runtime> {
  shared[key] ??= import("./next-only-host.ts")
    .then(({ createNextOnlyRuntime }) => createNextOnlyRuntime())
    .catch((cause: unknown) => {
      shared[key] = undefined;
      throw cause;
    });
  return shared[key];
}
