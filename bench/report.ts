import type { Goal } from './goals.ts';
import { bound, hundredth, mebibytes, row, tenth, whole, withSpread } from './report-cells.ts';
import { renderStreams, renderWebSockets } from './report-streams.ts';
import { compare, type Round, type Summary, summarize } from './rounds.ts';
import type { StreamSettings } from './streams/measure.ts';
import type { StreamSummary } from './streams/results.ts';
import type { WebSocketResults } from './web-sockets.ts';
import type { Workload } from './workloads.ts';

/** A target as the report names it. */
export interface Measured {
  readonly name: string;
  readonly about: string;
  readonly madeOf: string;
}

/** Everything that the figures depend on. */
export interface Run {
  readonly date: Date;
  readonly minutes: number;
  readonly workloads: readonly { readonly workload: Workload; readonly rounds: readonly Round[] }[];
  /** Empty if they were not measured. */
  readonly streams: readonly StreamSummary[];
  readonly streamSettings: StreamSettings;
  readonly webSockets: WebSocketResults | undefined;
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
  return [
    `${run.date.toISOString().slice(0, 10)}, ${run.minutes.toFixed(0)} minutes.`,
    '',
    '![Requests for a second of processor time](results.svg)',
    '',
    ...run.workloads.flatMap((part, index) => [
      ...(index === 0 ? goalTable(run, part.rounds) : []),
      ...workloadTable(run, part),
    ]),
    ...renderStreams(run.streams, run.streamSettings),
    ...renderWebSockets(run.webSockets),
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

type Part = Run['workloads'][number];

function goalTable({ goals, targets }: Run, rounds: readonly Round[]): string[] {
  const names = new Set(targets.map(({ name }) => name));
  const rows = goals.filter(({ target, base }) => names.has(target) && names.has(base));
  return [
    'Small GETs for the same processor time, and per second, as a ratio; median (quartiles):',
    '',
    '| what | to what | per CPU | per second | floor | goal | |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((goal) => goalRow(rounds, goal)),
    '',
  ];
}

function goalRow(rounds: readonly Round[], { target, base, about, floor, goal }: Goal): string {
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

function workloadTable({ base, targets }: Run, { workload, rounds }: Part): string[] {
  const { name, about, seconds, connections } = workload;
  const shown = targets.filter((target) => workload.targets.includes(target.name));
  return [
    `### ${name}`,
    '',
    `${about[0]?.toUpperCase()}${about.slice(1)}; ${rounds.length} rounds of ${seconds} s, ${connections} connections; ratios to “${base}”:`,
    '',
    '| target | req/s | best | ratio | CPU µs/req | best | per-CPU ratio | best ratio | p50 ms | p99 ms | RSS MiB | bad |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...shown.map((target) => targetRow(rounds, base, target.name)),
    '',
  ];
}

function targetRow(rounds: readonly Round[], base: string, name: string): string {
  const summary = summarize(rounds, name);
  const ratio = compare(rounds, name, base);
  return row([
    name,
    withSpread(summary.rate, whole),
    whole(summary.rate.best),
    withSpread(ratio?.rate),
    withSpread(summary.cpu, tenth),
    tenth(summary.cpu?.best),
    withSpread(ratio?.perCpu),
    hundredth(ratio?.bestPerCpu),
    tenth(summary.p50),
    tenth(summary.p99),
    mebibytes(summary.residentBytes),
    bad(summary),
  ]);
}

function bad({ failed, deadRounds }: Summary): string {
  const dead = deadRounds > 0 ? `${deadRounds} rounds without an answer` : '';
  const some = failed > 0 ? `${failed} failed` : '';
  return [some, dead].filter(Boolean).join(', ');
}
