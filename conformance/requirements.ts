import { readFileSync } from 'node:fs';
import path from 'node:path';
import { advisoryCoverage, type Coverage, coverage } from './coverage.ts';

/** One row of `requirements.md`, with where it is tested. */
export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  readonly text: string;
  readonly coverage: Coverage;
}

/** One row of `advisories.md`, with where it is tested. */
export interface Advisory {
  readonly number: number;
  /** CVE or GHSA number and product, as the row names them. */
  readonly name: string;
  readonly coverage: Coverage | undefined;
}

/** An id of the catalogue; a misspelt one does not compile. */
export type RequirementId = keyof typeof coverage;

/** A number of the list of advisories that this suite answers for. */
export type AdvisoryNumber = keyof typeof advisoryCoverage;

/**
 * The catalogue, in its order.
 *
 * @throws Error when `requirements.md` and `coverage.ts` do not name the same ids
 */
export function readRequirements(): Requirement[] {
  const rows = readTable('requirements.md', /^\| (BFF-[A-Z]+-\d\d) +\| (MUST|SHOULD) +\| (.*?) +\| /);
  const covered = new Map<string, Coverage>(Object.entries(coverage));
  const requirements = rows.map(([id = '', level, text = '']): Requirement => {
    const entry = covered.get(id);
    if (!entry) throw new Error(`${id} is in requirements.md, but not in coverage.ts.`);
    covered.delete(id);
    return { id, level: level === 'MUST' ? 'MUST' : 'SHOULD', text, coverage: entry };
  });
  if (covered.size > 0) throw new Error(`not in requirements.md: ${[...covered.keys()].join(', ')}`);
  return requirements;
}

/** The advisories, in their order; `coverage` is undefined for those that nobody claimed yet. */
export function readAdvisories(): Advisory[] {
  const covered = new Map<string, Coverage>(Object.entries(advisoryCoverage));
  return readTable('advisories.md', /^\| (\d+) +\| (.*?) +\| /).map(([number = '', name = '']) => ({
    number: Number(number),
    name,
    coverage: covered.get(number),
  }));
}

function readTable(file: string, row: RegExp): string[][] {
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8');
  return text.split('\n').flatMap((line) => {
    const match = row.exec(line);
    return match ? [match.slice(1)] : [];
  });
}
