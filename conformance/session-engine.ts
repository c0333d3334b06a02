import { readCitations } from './citations.ts';

/** Rows whose outcome depends on where sessions are kept. */
const rows = /^BFF-(?:REF-\d\d|SESS-\d\d|LOGOUT-(?:0[6-9]|1[01])|LEAK-09|OPS-03)$/;

/** The same of `advisories.md`. */
const advisories: ReadonlySet<number> = new Set([18, 34, 35, 42, 48, 59, 60, 61]);

/** Whether a row must hold on every store that there is. @param row a `BFF-…` id, or `advisory N` */
export function isEngineRow(row: string): boolean {
  const [, number] = /^advisory (\d+)$/.exec(row) ?? [];
  return number === undefined ? rows.test(row) : advisories.has(Number(number));
}

/** The files that test such rows, for a run on another store. @param root of the workspace */
export function engineFiles(root: string): string[] {
  return readCitations(root)
    .filter((cited) =>
      [...cited.ids, ...cited.advisories.map((number) => `advisory ${number}`)].some(isEngineRow),
    )
    .map(({ file }) => file);
}
