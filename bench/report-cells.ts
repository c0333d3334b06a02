import type { Spread } from './rounds.ts';

const nothing = '–';

/** A row of a table in Markdown. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Median and quartiles, to two places unless told. */
export function withSpread(
  spread: Spread | undefined,
  written: (value: number) => string = hundredth,
): string {
  if (!spread) return nothing;
  return `${written(spread.median)} (${written(spread.q1)}–${written(spread.q3)})`;
}

/** A floor or goal, where there is one. */
export function bound(value: number | undefined): string {
  return value === undefined ? '' : hundredth(value);
}

/** Bytes as whole MiB. */
export function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? nothing : whole(bytes / 2 ** 20);
}

export function whole(value: number): string {
  return value.toFixed(0);
}

export function tenth(value: number | undefined): string {
  return value?.toFixed(1) ?? nothing;
}

export function hundredth(value: number | undefined): string {
  return value?.toFixed(2) ?? nothing;
}
