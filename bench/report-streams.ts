import { hundredth, mebibytes, row, tenth, whole, withSpread } from './report-cells.ts';
import type { StreamSettings } from './streams/measure.ts';
import type { StreamSummary } from './streams/results.ts';
import type { WebSocketResults } from './web-sockets.ts';

/** Calls per processor time beside idle streams, divided by those without. */
const goal = { floor: 0.9, goal: 0.97 } as const;

/** Event streams as a table; nothing where none were measured. */
export function renderStreams(streams: readonly StreamSummary[], settings: StreamSettings): string[] {
  if (streams.length === 0) return [];
  const { rounds, callSeconds, fanOutSeconds } = settings;
  return [
    '### Event streams',
    '',
    `${settings.streams} open streams; ${rounds} rounds. An event goes to all of them as soon as all have the one before, for ${fanOutSeconds} s; “p50” and “p99” are how long the last one waited. Small GETs for ${callSeconds} s beside idle streams, divided by those without (floor ${hundredth(goal.floor)}, goal ${hundredth(goal.goal)}):`,
    '',
    '| target | streams | events/s | CPU µs/event | p50 ms | p99 ms | RSS MiB | KiB a stream | calls per CPU | calls per second |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...streams.map(streamRow),
    '',
  ];
}

function streamRow(summary: StreamSummary): string {
  const { bytesPerStream } = summary;
  return row([
    summary.name,
    String(summary.opened),
    withSpread(summary.deliveriesPerSecond, whole),
    withSpread(summary.cpuPerDelivery, tenth),
    tenth(summary.p50),
    tenth(summary.p99),
    mebibytes(summary.residentOpen),
    tenth(bytesPerStream === undefined ? undefined : bytesPerStream / 1_024),
    withSpread(summary.perCpu),
    withSpread(summary.rate),
  ]);
}

/** Idle WebSockets of Coatcheck as a table; nothing where they were not measured. */
export function renderWebSockets(results: WebSocketResults | undefined): string[] {
  if (!results) return [];
  return [
    '### Idle WebSockets',
    '',
    `${results.count} of ${results.sessions} sessions, through Coatcheck; median (quartiles) of five stretches:`,
    '',
    '| what | |',
    '|---|---|',
    row(['resident memory of each, KiB', tenth(results.bytesEach / 1_024)]),
    row(['opening one, µs of CPU', whole(results.openMicros)]),
    row(['all of them idle, ms of CPU per second', withSpread(results.idleMillis, tenth)]),
    row(['a message to the API and back, p50 ms', withSpread(results.tripP50)]),
    row(['the same, p99 ms', withSpread(results.tripP99)]),
    row(['the same, µs of CPU', withSpread(results.tripMicros, whole)]),
    row(['all closed after the last sign-out, ms', whole(results.closedAfter)]),
    '',
  ];
}
