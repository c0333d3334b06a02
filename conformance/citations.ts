import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The rows of the catalogue that one file of tests cites. */
export interface Citations {
  /** Relative to the root of the workspace. */
  readonly file: string;
  /** `BFF-…` ids. */
  readonly ids: readonly string[];
  /** Numbers of `advisories.md`. */
  readonly advisories: readonly number[];
}

/** Read from the sources, because a run that is filtered does not know them all. @param root of the workspace */
export function readCitations(root: string): Citations[] {
  return globSync('conformance/tests/**/*.test.ts', { cwd: root })
    .sort()
    .map((file) => ({ file, ...citedIn(readFileSync(path.join(root, file), 'utf8')) }));
}

function citedIn(source: string): Omit<Citations, 'file'> {
  const ids = new Set<string>();
  const advisories = new Set<number>();
  const calls = source.matchAll(
    /\b(?:requirement|advisory)\(\s*(?:(\d+|\[[\d,\s]*\]),\s*)?('[^']*'|\[[^\]]*\])/g,
  );
  for (const [, listed = '', rows = ''] of calls) {
    for (const [number] of listed.matchAll(/\d+/g)) advisories.add(Number(number));
    for (const [id] of rows.matchAll(/BFF-[A-Z]+-\d\d/g)) ids.add(id);
  }
  return { ids: [...ids], advisories: [...advisories] };
}
