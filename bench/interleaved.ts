/** Results in the order of the measurements. They take turns, so that a busy moment meets them all. */
export async function interleaved<Result>(
  measurements: readonly (() => Promise<Result>)[],
  rounds: number,
): Promise<Result[][]> {
  const results: Result[][] = measurements.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, measure] of measurements.entries()) results[index]?.push(await measure());
  }
  return results;
}
