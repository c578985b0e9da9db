/** How long somebody waits for an answer. */
export interface Patience {
  deadlineMs: number;
  /** Aborted when the answer is no longer wanted. */
  signal?: AbortSignal | undefined;
}
