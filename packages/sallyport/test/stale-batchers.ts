import { createBatcher } from "../src/core/batcher.ts";

/**
 * Plain coalescing: who asks for a key that is on its way shares that answer. The read that it is
 * from may have begun, and ended, before they asked.
 */
export const coalescingBatcher: typeof createBatcher = <Answer>(
  ...options: Parameters<typeof createBatcher<Answer>>
) => {
  const batcher = createBatcher(...options);
  const onTheWay = new Map<string, Promise<Answer>>();
  return {
    ...batcher,
    ask(key, patience) {
      const shared = onTheWay.get(key);
      if (shared !== undefined) return shared;
      const asked = batcher.ask(key, patience).finally(() => onTheWay.delete(key));
      onTheWay.set(key, asked);
      return asked;
    },
  };
};

/** The shortest of caches: an answer is good for whoever asks within three turns. */
export const rememberingBatcher: typeof createBatcher = <Answer>(
  ...options: Parameters<typeof createBatcher<Answer>>
) => {
  const batcher = createBatcher(...options);
  const kept = new Map<string, Answer>();
  function forgetAfter(turns: number, key: string): void {
    if (turns === 0) kept.delete(key);
    else setImmediate(forgetAfter, turns - 1, key);
  }
  return {
    ...batcher,
    async ask(key, patience) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const answer = await batcher.ask(key, patience);
      kept.set(key, answer);
      forgetAfter(3, key);
      return answer;
    },
  };
};
