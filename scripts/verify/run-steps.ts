import { type Counts, failedCheck, lastLine, sum } from './tally.ts';

export type Step = {
  readonly name: string;
  /** Steps that must have passed; without them this one does not run and counts as failed. */
  readonly needs?: readonly string[];
  run(): Promise<Counts>;
};

export type Surroundings = {
  say(line: string): void;
  /** Milliseconds. */
  now(): number;
};

type Row = { readonly name: string; readonly counts: Counts; readonly seconds: number };

/**
 * Runs all steps one after the other; one that fails does not stop the others. Ends with a table and, as the
 * very last line, `N passed, N failed`.
 *
 * @returns the total
 */
export async function runSteps(steps: readonly Step[], { say, now }: Surroundings): Promise<Counts> {
  const rows: Row[] = [];
  for (const step of steps) {
    const missing = (step.needs ?? []).filter(
      (name) => rows.find((row) => row.name === name)?.counts.failed !== 0,
    );
    say(`\n── ${step.name} ──`);
    const start = now();
    const counts =
      missing.length > 0 ? failedCheck(`not run: ${missing.join(', ')} failed`) : await attempt(step);
    if (counts.note) say(counts.note);
    rows.push({ name: step.name, counts, seconds: (now() - start) / 1000 });
  }
  const total = sum(rows.map((row) => row.counts));
  say(`\n${table(rows)}`);
  for (const { name, counts } of rows) {
    for (const failure of counts.failures ?? []) say(`failed in ${name}: ${failure}`);
  }
  say(lastLine(total));
  return total;
}

async function attempt(step: Step): Promise<Counts> {
  try {
    return await step.run();
  } catch (error) {
    return failedCheck(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 'in all'.length);
  const line = (name: string, ...cells: string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  const seconds = rows.reduce((total, row) => total + row.seconds, 0);
  return [
    line('step', 'passed', 'failed', 'skipped', 'seconds'),
    ...rows.map(({ name, counts, seconds }) =>
      line(name, ...[counts.passed, counts.failed, counts.skipped].map(String), seconds.toFixed(1)),
    ),
    line('in all', '', '', '', seconds.toFixed(1)),
  ].join('\n');
}
