import type { Spread } from '../rounds.ts';
import type { EngineResults, Figures, StoreResults } from './results.ts';
import type { Throughput } from './throughput.ts';

/** Where and when the figures were taken. */
export interface EngineRun {
  readonly date: Date;
  readonly minutes: number;
  readonly machine: string;
  readonly pinned: boolean;
  /** The machine's load average before and after. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly node: string;
}

const nothing = '–';
/** Load average above which other programs had a say in the figures. */
const busy = 1;
const gibibyte = 2 ** 30;

/** The results as Markdown. */
export function renderEngine(run: EngineRun, results: EngineResults): string {
  const { stores, settings } = results;
  const head = ['', ...stores.map(({ name }) => name)];
  const rows = (...lines: readonly (readonly string[])[]) => table(head, lines);
  const line = (name: string, cell: (store: StoreResults) => string) => [name, ...stores.map(cell)];
  return [
    `${run.date.toISOString().slice(0, 10)}, ${run.minutes.toFixed(0)} minutes, ${thousands(settings.sessions)} sessions in each store.`,
    '',
    ...goalTable(results),
    '',
    'What one process asks of its store:',
    '',
    ...rows(
      line('commands in all signed-in calls', ({ roundTrips }) =>
        roundTrips ? `${roundTrips.commands} in ${thousands(roundTrips.calls)}` : nothing,
      ),
      line('for a sign-in, a sign-out', ({ roundTrips }) =>
        roundTrips ? `${tenth(roundTrips.perSignIn)}, ${tenth(roundTrips.perSignOut)}` : nothing,
      ),
      line('heartbeat per second, while nobody calls and while people do', ({ roundTrips }) =>
        roundTrips ? `${tenth(roundTrips.heartbeat.idle)}, ${tenth(roundTrips.heartbeat.busy)}` : nothing,
      ),
    ),
    ...stores.flatMap(({ name, roundTrips }) =>
      roundTrips?.kinds.length
        ? ['', `In these calls ${name} was asked: ${roundTrips.kinds.join('; ')}.`]
        : [],
    ),
    '',
    'Milliseconds from the answer to a sign-out at one of four processes until each other one answered its first 401:',
    '',
    ...rows(
      line('p50', ({ revocation }) => tenth(revocation?.refusedAfter.p50)),
      line('p99', ({ revocation }) => tenth(revocation?.refusedAfter.p99)),
      line('longest', ({ revocation }) => tenth(revocation?.refusedAfter.most)),
      line('refused its first call', ({ revocation }) => percent(revocation?.refusedAtOnce)),
      line('values (sign-outs × 3)', ({ revocation }) => whole(revocation?.refusedAfter.count)),
    ),
    '',
    'Sign-ins, and refreshes with the call that asked for one, 16 at a time, at one process; median (quartiles) of five stretches:',
    '',
    ...throughputTable(stores),
    '',
    'Bytes of a session, and sessions per GiB; records of 1,900 bytes with an ID token, of 1,500 without:',
    '',
    ...sizeTable(results),
    '',
    ...stores.flatMap(({ name, large }) => (large ? [`- ${name}: ${partsOf(large)}.`] : [])),
    '',
    `One session after the other looked up among ${thousands(settings.sessions)}, µs; then those that are over swept, 100 at a time, ms:`,
    '',
    ...rows(
      line('look-up p50', ({ large }) => tenth(large?.p50)),
      line('p99', ({ large }) => tenth(large?.p99)),
      line('p99.9', ({ large }) => tenth(large?.p999)),
      line('look-ups', ({ large }) => thousands(large?.lookUps)),
      line('sweep of 100, median (longest)', ({ large }) =>
        large ? `${tenth(large.sweepP50)} (${tenth(large.sweepMost)})` : nothing,
      ),
      line('loaded in seconds', ({ large }) => whole(large?.loadSeconds)),
      line('of the loaded, opened with their ticket’s key', ({ large }) => thousands(large?.opened)),
    ),
    '',
    ...results.missing.map((words) => `- Left out: ${words}.`),
    ...surroundings(run, stores),
    '',
  ].join('\n');
}

interface EngineGoal {
  readonly name: string;
  readonly floor: string;
  readonly goal: string;
  readonly value: (results: EngineResults) => string;
}

const goals: readonly EngineGoal[] = [
  {
    name: 'store commands per signed-in call, steady state',
    floor: '0',
    goal: '0',
    value: ({ stores }) =>
      stores
        .flatMap(({ name, roundTrips }) => (roundTrips ? [`${name} ${roundTrips.perCall}`] : []))
        .join(', '),
  },
  {
    name: 'heap per cached session (1,900 bytes)',
    floor: '3,000',
    goal: '2,200',
    value: ({ cache }) => thousands(cache.find(({ recordBytes }) => recordBytes === 1_900)?.heap),
  },
  {
    name: 'disk per session in SQLite (1,500 bytes)',
    floor: '2,500',
    goal: '2,100',
    value: ({ stores }) => thousands(stores.find(({ name }) => name === 'SQLite')?.smaller?.bytes),
  },
  {
    name: 'look-up p99 in SQLite, µs',
    floor: '100',
    goal: '60',
    value: ({ stores }) => tenth(stores.find(({ name }) => name === 'SQLite')?.large?.p99),
  },
];

function goalTable(results: EngineResults): string[] {
  return table(
    ['what', 'measured', 'floor', 'goal'],
    goals.map(({ name, floor, goal, value }) => [name, value(results) || nothing, floor, goal]),
  );
}

function throughputTable(stores: readonly StoreResults[]): string[] {
  const cells = ({ perCpuSecond, perSecond, took, storeMicros }: Throughput) => [
    withSpread(perCpuSecond),
    withSpread(perSecond),
    tenth(took.p50),
    tenth(took.p99),
    whole(storeMicros),
  ];
  const lines = stores.flatMap(({ name, throughput }) =>
    throughput
      ? [
          [`sign-in, ${name}`, ...cells(throughput.signIns)],
          [`refresh, ${name}`, ...cells(throughput.refreshes)],
        ]
      : [],
  );
  return table(
    ['', 'per CPU second', 'per second', 'p50 ms', 'p99 ms', 'CPU µs of the store’s server'],
    lines,
  );
}

function sizeTable({ stores, cache }: EngineResults): string[] {
  const cached = (bytes: number) => {
    const figures = cache.find(({ recordBytes }) => recordBytes === bytes);
    return figures && (figures.heap ?? 0) + (figures.external ?? 0);
  };
  const tickets = cache[0]?.ticketHeap;
  const lines: (readonly [string, number | undefined, number | undefined])[] = [
    ['heap of a process that has it cached', cached(1_900), cached(1_500)],
    ['heap for its opened ticket, besides', tickets, tickets],
    ...stores.map(
      ({ name, large, smaller }) =>
        [`${name}${name === 'Redis' ? ', in memory' : ', on disk'}`, large?.bytes, smaller?.bytes] as const,
    ),
  ];
  const perGibibyte = (bytes: number | undefined) =>
    bytes === undefined ? nothing : thousands(Math.floor(gibibyte / bytes / 1_000) * 1_000);
  return table(
    ['', '1,900', 'per GiB', '1,500', 'per GiB'],
    lines.map(([name, large, small]) => [
      name,
      thousands(large),
      perGibibyte(large),
      thousands(small),
      perGibibyte(small),
    ]),
  );
}

/** What takes the bytes. */
function partsOf(figures: Figures): string {
  return Object.entries(figures)
    .flatMap(([name, bytes]) =>
      name.startsWith('part ') ? [`${thousands(bytes)} ${name.slice('part '.length)}`] : [],
    )
    .join(', ');
}

function surroundings(run: EngineRun, stores: readonly StoreResults[]): string[] {
  const versions = stores.map(({ version }) => version).join(', ');
  return [
    `Machine: ${run.machine}; load average ${run.loadBefore.toFixed(2)} before, ${run.loadAfter.toFixed(2)} after (this run included).`,
    run.loadBefore > busy
      ? '**Other programs were running**: counts and sizes stand, everything in seconds is too slow, the slowest values most.'
      : 'Counts and sizes are the same in every run; times swing by a half, and the slowest values by more.',
    ...(run.pinned
      ? []
      : ['**Not pinned**: no `taskset` or only one core; what is measured and what drives it shared cores.']),
    `Node ${run.node}, ${versions}.`,
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
}

function thousands(value: number | undefined): string {
  return isKnown(value) ? Math.round(value).toLocaleString('en-US') : nothing;
}

function whole(value: number | undefined): string {
  return isKnown(value) ? value.toFixed(0) : nothing;
}

function tenth(value: number | undefined): string {
  return isKnown(value) ? value.toFixed(1) : nothing;
}

function withSpread({ q1, median, q3 }: Spread): string {
  return `${whole(median)} (${whole(q1)}–${whole(q3)})`;
}

function percent(value: number | undefined): string {
  return isKnown(value) ? `${(value * 100).toFixed(0)} %` : nothing;
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
