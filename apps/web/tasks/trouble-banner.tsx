import type { Trouble } from "./use-tasks.ts";

/** Always there, so that a screen reader notices when something appears in it. */
export function TroubleBanner({ trouble }: { trouble: Trouble | undefined }) {
  return (
    <div role="alert" className="sticky top-2 z-10">
      {trouble && (
        <div className="mb-6 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-control border border-alarm-line bg-alarm-surface px-4 py-3 text-body">
          <p className="min-w-0 flex-1 basis-60">{trouble.text}</p>
          <button
            type="button"
            onClick={trouble.retry}
            className="inline-flex min-h-9 items-center rounded-md font-medium text-alarm underline underline-offset-4"
          >
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
