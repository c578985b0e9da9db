/** How often something happened, by its name. */
export type Tally<Name> = Map<Name, number>;

export function count<Name>(tally: Tally<Name>, name: Name, times = 1): void {
  tally.set(name, (tally.get(name) ?? 0) + times);
}
