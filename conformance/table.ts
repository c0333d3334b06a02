import type { Coverage } from './coverage.ts';
import { readAdvisories, readRequirements } from './requirements.ts';
import { isEngineRow } from './session-engine.ts';

/** How many tests passed and failed, by `BFF-…` id or `advisory N`. */
export type Results = Map<string, { passed: number; failed: number }>;

/**
 * The table that a run ends with: one line a row of the catalogue, then the totals.
 *
 * @param store the other store that the run was on, of which only the rows of the session engine are asked for
 */
export function renderTable(results: Results, store?: string): string {
  const isShown = ({ name }: Row) => store === undefined || isEngineRow(name) || results.has(name);
  const requirements = readRequirements()
    .map(({ id, level, text, coverage }) => ({
      name: id,
      level,
      text,
      state: stateOf(coverage, results.get(id)),
    }))
    .filter(isShown);
  const advisories = readAdvisories()
    .flatMap(({ number, name, coverage }) =>
      coverage
        ? [
            {
              name: `advisory ${number}`,
              level: '',
              text: name,
              state: stateOf(coverage, results.get(`advisory ${number}`)),
            },
          ]
        : [],
    )
    .filter(isShown);
  const where = store === undefined ? '' : ` on ${store}`;
  return [
    ...(store === undefined ? [] : [`sessions in ${store}`, '']),
    ...requirements.map(line),
    '',
    ...advisories.map(line),
    '',
    `requirements${where}: ${totals(requirements)}`,
    `advisories${where}: ${totals(advisories)}`,
  ].join('\n');
}

interface State {
  readonly word: 'pass' | 'fail' | 'not run' | 'elsewhere' | 'not yet';
  readonly note: string;
}

interface Row {
  readonly name: string;
  readonly level: string;
  readonly text: string;
  readonly state: State;
}

function stateOf(coverage: Coverage, result: { passed: number; failed: number } | undefined): State {
  const notes = [
    ...(result ? [`${result.passed} passed${result.failed > 0 ? `, ${result.failed} failed` : ''}`] : []),
    ...(coverage.elsewhere ?? []),
    ...(coverage.later
      ? [`issue ${coverage.later.issue}${coverage.later.part ? `: ${coverage.later.part}` : ''}`]
      : []),
  ];
  return { word: wordFor(coverage, result), note: notes.join('; ') };
}

function wordFor(coverage: Coverage, result: { failed: number } | undefined): State['word'] {
  if (result) return result.failed > 0 ? 'fail' : 'pass';
  if (coverage.here) return 'not run';
  return coverage.elsewhere ? 'elsewhere' : 'not yet';
}

function line({ name, level, text, state }: Row): string {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return `${name.padEnd(14)} ${level.padEnd(6)} ${state.word.padEnd(9)} ${short.padEnd(60)}  ${state.note}`.trimEnd();
}

function totals(rows: readonly Row[]): string {
  const words = ['pass', 'fail', 'not run', 'elsewhere', 'not yet'] as const;
  return words
    .map((word) => [word, rows.filter(({ state }) => state.word === word).length] as const)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}
