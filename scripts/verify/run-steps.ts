import { type Counts, failedCheck, lastLine, sum } from './tally.ts';

export type Step = {
  readonly name: string;
  /** Steps that must have passed; without them this one does not run and counts as failed. */
  readonly needs?: readonly string[];
  /** Begins together with the step before it: both mostly wait. */
  readonly beside?: true;
  run(): Promise<Counts>;
};

export type Surroundings = {
  say(line: string): void;
  /** Milliseconds. */
  now(): number;
};

type Row = { readonly name: string; readonly counts: Counts; readonly seconds: number };

/**
 * Runs the steps one after the other, but for those beside others; one that fails does not stop the rest. Ends with a
 * table, the tests that failed and, as the very last line, `N passed, N failed`.
 *
 * @returns the total
 */
export async function runSteps(steps: readonly Step[], { say, now }: Surroundings): Promise<Counts> {
  const rows: Row[] = [];
  const began = now();
  for (const group of groupsOf(steps)) {
    rows.push(...(await Promise.all(group.map((step) => runStep(step, rows, { say, now })))));
  }
  const seconds = (now() - began) / 1000;
  const total = sum(rows.map((row) => row.counts));
  say(`\n${table(rows, seconds)}`);
  for (const { name, counts } of rows) {
    for (const failure of counts.failures ?? []) say(`failed in ${name}: ${failure}`);
  }
  say(lastLine(total));
  return total;
}

/** Each step that begins alone, with those beside it. */
function groupsOf(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = step.beside ? groups.at(-1) : undefined;
    if (group) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

async function runStep(step: Step, before: readonly Row[], { say, now }: Surroundings): Promise<Row> {
  const missing = (step.needs ?? []).filter(
    (name) => before.find((row) => row.name === name)?.counts.failed !== 0,
  );
  say(`\n── ${step.name} ──`);
  const start = now();
  const counts =
    missing.length > 0 ? failedCheck(`not run: ${missing.join(', ')} failed`) : await attempt(step);
  if (counts.note) say(counts.note);
  return { name: step.name, counts, seconds: (now() - start) / 1000 };
}

async function attempt(step: Step): Promise<Counts> {
  try {
    return await step.run();
  } catch (error) {
    return failedCheck(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

function table(rows: readonly Row[], seconds: number): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 'in all'.length);
  const line = (name: string, ...cells: string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  return [
    line('step', 'passed', 'failed', 'skipped', 'seconds'),
    ...rows.map(({ name, counts, seconds }) =>
      line(name, ...[counts.passed, counts.failed, counts.skipped].map(String), seconds.toFixed(1)),
    ),
    line('in all', '', '', '', seconds.toFixed(1)),
  ].join('\n');
}
