/** What clients were told about the tasks that they wrote, each under a title of its own. */
export function openLedger() {
  const outcomes = new Map<string, number | string>();

  return {
    enter(title: string, outcome: number | string): void {
      outcomes.set(title, outcome);
    },
    get acknowledged(): number {
      return [...outcomes.values()].filter((outcome) => outcome === 201).length;
    },
    /** Compares with the titles of all tasks that there are afterwards. */
    audit(stored: readonly string[]) {
      const copies = new Map<string, number>();
      for (const title of stored) copies.set(title, (copies.get(title) ?? 0) + 1);
      const titles = [...outcomes.keys()];
      return {
        lost: titles.filter((title) => outcomes.get(title) === 201 && !copies.has(title)),
        doubled: titles.filter((title) => (copies.get(title) ?? 0) > 1),
        /** Written although its client was told that it failed, or nothing: as is allowed. */
        unacknowledged: titles.filter((title) => outcomes.get(title) !== 201 && copies.has(title)),
      };
    },
  };
}
