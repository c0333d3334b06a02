import type { Goal } from './goals.ts';
import { compare, type Round, type Spread, type Summary, summarize } from './rounds.ts';

/** A target as the report names it. */
export interface Measured {
  readonly name: string;
  readonly about: string;
  readonly madeOf: string;
}

/** Everything that the figures depend on. */
export interface Run {
  readonly date: Date;
  readonly rounds: readonly Round[];
  readonly seconds: number;
  readonly connections: number;
  readonly targets: readonly Measured[];
  /** Name of the target that the others are divided by. */
  readonly base: string;
  readonly goals: readonly Goal[];
  /** What was left out, and why. */
  readonly missing: readonly string[];
  readonly machine: string;
  readonly pinned: boolean;
  /** The machine's load average before and after. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly load: string;
  readonly upstream: string;
  readonly node: string;
}

const nothing = '–';
/** Load average above which other programs had a say in the figures. */
const busy = 1;

/**
 * Puts results between their markers in a document.
 *
 * @param name of the markers
 * @throws if the document lacks them
 */
export function insertResults(document: string, results: string, name = 'results'): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the document lacks ${start} … ${end}`);
  return `${document.slice(0, from + start.length)}\n\n${results}\n${document.slice(to)}`;
}

/** The results as Markdown: goals, then all figures, then where they come from. */
export function renderResults(run: Run): string {
  const names = new Set(run.targets.map(({ name }) => name));
  const goals = run.goals.filter(({ target, base }) => names.has(target) && names.has(base));
  return [
    `${run.date.toISOString().slice(0, 10)}, ${run.rounds.length} rounds of ${run.seconds} s, ${run.connections} connections.`,
    '',
    'Requests for the same processor time, and per second, as a ratio; median (quartiles):',
    '',
    '| what | to what | per CPU | per second | floor | goal | |',
    '|---|---|---|---|---|---|---|',
    ...goals.map((goal) => goalRow(run, goal)),
    '',
    `All targets; ratios to “${run.base}”:`,
    '',
    '| target | req/s | best | ratio | CPU µs/req | best | per-CPU ratio | best ratio | p50 ms | p99 ms | RSS MiB | bad |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...run.targets.map(({ name }) => targetRow(run, name)),
    '',
    ...run.targets.map(({ name, about, madeOf }) => `- **${name}**: ${about} (${madeOf}).`),
    ...run.missing.map((words) => `- Left out: ${words}.`),
    '',
    `Machine: ${run.machine}; load average ${hundredth(run.loadBefore)} before, ${hundredth(run.loadAfter)} after (this run included).`,
    ...(run.loadBefore > busy
      ? [
          '**Other programs were running**: take the ratios by processor time, and those with a grain of salt.',
        ]
      : []),
    run.pinned
      ? 'The server ran on core 0, load and upstream on core 1.'
      : '**Not pinned**: no `taskset` or only one core; server and load disturbed each other.',
    `Node ${run.node}, load by ${run.load}, upstream ${run.upstream}.`,
    '',
  ].join('\n');
}

function goalRow({ rounds }: Run, { target, base, about, floor, goal }: Goal): string {
  const ratio = compare(rounds, target, base);
  const cells = [
    target,
    base,
    withSpread(ratio?.perCpu),
    withSpread(ratio?.rate),
    bound(floor),
    bound(goal),
    about,
  ];
  return row(cells);
}

function targetRow({ rounds, base }: Run, name: string): string {
  const summary = summarize(rounds, name);
  const ratio = compare(rounds, name, base);
  return row([
    name,
    whole(summary.rate.median),
    whole(summary.rate.best),
    withSpread(ratio?.rate),
    tenth(summary.cpu?.median),
    tenth(summary.cpu?.best),
    withSpread(ratio?.perCpu),
    hundredth(ratio?.bestPerCpu),
    tenth(summary.p50),
    tenth(summary.p99),
    summary.residentBytes === undefined ? nothing : whole(summary.residentBytes / 2 ** 20),
    bad(summary),
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function bad({ failed, deadRounds }: Summary): string {
  const dead = deadRounds > 0 ? `${deadRounds} rounds without an answer` : '';
  const some = failed > 0 ? `${failed} failed` : '';
  return [some, dead].filter(Boolean).join(', ');
}

function withSpread(spread: Spread | undefined): string {
  if (!spread) return nothing;
  return `${hundredth(spread.median)} (${hundredth(spread.q1)}–${hundredth(spread.q3)})`;
}

function bound(value: number | undefined): string {
  return value === undefined ? '' : hundredth(value);
}

function whole(value: number): string {
  return value.toFixed(0);
}

function tenth(value: number | undefined): string {
  return value?.toFixed(1) ?? nothing;
}

function hundredth(value: number | undefined): string {
  return value?.toFixed(2) ?? nothing;
}
