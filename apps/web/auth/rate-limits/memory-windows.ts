/** How often a key was used in its window, this use included, and how long the window still lasts. */
export interface WindowUse {
  count: number;
  remainingMs: number;
}

export interface MemoryWindows {
  /** A window begins with the first use of a key, and ends by its time. */
  use(key: string, windowMs: number): WindowUse;
}

interface MemoryWindowsOptions {
  /** So many windows that began last are kept, and never more than twice as many. */
  keysKept: number;
  /** Milliseconds; by default of a clock that nobody sets. */
  now?: () => number;
}

interface Window {
  count: number;
  endsAtMs: number;
}

/** What strangers send does not fill the memory, and costs the same however full it is. */
export function createMemoryWindows({
  keysKept,
  now = () => performance.now(),
}: MemoryWindowsOptions): MemoryWindows {
  // Two generations: a Map whose oldest keys are deleted one by one takes longer for each of them.
  let younger = new Map<string, Window>();
  let older = younger;

  return {
    use(key, windowMs) {
      const timeMs = now();
      const open = younger.get(key) ?? older.get(key);
      if (open && timeMs < open.endsAtMs) {
        open.count += 1;
        return { count: open.count, remainingMs: open.endsAtMs - timeMs };
      }
      if (younger.size >= keysKept) {
        older = younger;
        younger = new Map();
      }
      younger.set(key, { count: 1, endsAtMs: timeMs + windowMs });
      return { count: 1, remainingMs: windowMs };
    },
  };
}
