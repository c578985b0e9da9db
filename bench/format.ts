import type { Spread } from "./statistics.ts";

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Three digits that count, and no more. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString("en");
}

export function withQuartiles(
  { median, lowerQuartile, upperQuartile }: Spread,
  show: (value: number) => string,
): string {
  return `${show(median)} (${show(lowerQuartile)}–${show(upperQuartile)})`;
}
