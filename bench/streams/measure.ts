import path from 'node:path';
import type { Load } from '../load.ts';
import type { Machine } from '../machine.ts';
import { type Runner, take } from '../measure.ts';
import { freePort, startProgram } from '../program.ts';
import { orderOf } from '../rounds.ts';
import { type Upstream, upstreamPaths } from '../surroundings/upstream.ts';
import type { Started } from '../targets/target.ts';
import { readUsage } from '../usage.ts';
import { controlPath, eventsPath, type Order } from './orders.ts';
import type { StreamRound, StreamSummary } from './results.ts';
import { summarizeStreams } from './summary.ts';

/** How much is measured. */
export interface StreamSettings {
  readonly streams: number;
  readonly rounds: number;
  /** Of calls, without streams and beside them. */
  readonly callSeconds: number;
  readonly fanOutSeconds: number;
  readonly connections: number;
}

/** The API of the event streams, and who listens to them. */
export interface EventSource extends Upstream {
  tell(order: Order): Promise<Record<string, number>>;
}

/** Starts both ends of the streams in one process, on the load's core. */
export async function startEventSource(machine: Machine, folder: string): Promise<EventSource> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { close } = await startProgram({
    machine,
    place: 'load',
    name: 'event-source',
    folder,
    command: process.execPath,
    args: [path.join(import.meta.dirname, 'event-source.ts')],
    environment: { PORT: String(port) },
    readyUrl: `${origin}${upstreamPaths.path}`,
  });
  return {
    ...upstreamPaths,
    origin,
    name: 'node:http',
    close,
    async tell(order) {
      const answer = await fetch(`${origin}${controlPath}`, { method: 'POST', body: JSON.stringify(order) });
      const report: unknown = await answer.json();
      if (typeof report !== 'object' || report === null) throw new Error('the event source did not report');
      return Object.fromEntries(Object.entries(report).map(([name, value]) => [name, Number(value)]));
    },
  };
}

/**
 * Measures streams on all targets in each round, in changing order; a first round does not count, but for the memory
 * of the first streams.
 *
 * @param say told after each target
 */
export async function measureStreams(
  runners: readonly Runner[],
  source: EventSource,
  settings: StreamSettings & { readonly load: Load },
  say: (words: string) => void,
): Promise<{ readonly summaries: StreamSummary[]; readonly missing: string[] }> {
  const rounds = new Map<string, StreamRound[]>();
  const missing = new Map<string, string>();
  for (let round = -1; round < settings.rounds; round += 1) {
    for (const { name, started } of orderOf(runners, Math.max(0, round))) {
      if (missing.has(name)) continue;
      const result = await takeRound(started, source, settings, round);
      if (typeof result === 'string') {
        missing.set(name, `event streams of ${name}: ${result}`);
        say(`${name}: ${result}`);
        continue;
      }
      rounds.set(name, [...(rounds.get(name) ?? []), result]);
      const { opened, fanOut, alone, beside } = result;
      const rate = Math.round(fanOut.deliveries / fanOut.seconds);
      say(
        `${round < 0 ? 'warm-up' : `round ${round + 1}/${settings.rounds}`}: ${name}: ${opened} streams, ${rate} events/s, calls ${alone.requests} without, ${beside.requests} with`,
      );
    }
  }
  const summaries = runners.flatMap(({ name }) => {
    const [first, ...counted] = rounds.get(name) ?? [];
    return first && !missing.has(name) ? [summarizeStreams(name, first, counted)] : [];
  });
  return { summaries, missing: [...missing.values()] };
}

/**
 * Every other round measures the calls without streams after those with them.
 *
 * @returns in words, what makes the target's figures worthless
 */
async function takeRound(
  started: Started,
  source: EventSource,
  settings: StreamSettings & { readonly load: Load },
  round: number,
): Promise<StreamRound | string> {
  const { load, streams, callSeconds, fanOutSeconds, connections } = settings;
  const workload = { path: source.path, bodyBytes: 0, rounds: 1, seconds: callSeconds, connections };
  const calls = () => take(started, { load, workload });
  const before = round % 2 === 0 ? await calls() : undefined;
  const residentBefore = readUsage(started.pids)?.residentBytes;
  const url = new URL(eventsPath, started.url).href;
  const { opened = 0 } = await source.tell({ do: 'open', url, headers: started.headers, count: streams });
  const residentOpen = readUsage(started.pids)?.residentBytes;
  const beside = await calls();
  const from = readUsage(started.pids);
  const told = await source.tell({ do: 'fan out', seconds: fanOutSeconds });
  const to = readUsage(started.pids);
  const { left = 0 } = await source.tell({ do: 'close' });
  if (left > 0) return `${opened} were open, and ${left} stayed so at the API when their browsers had left`;
  const { sent = 0, deliveries = 0, seconds = 0, p50 = 0, p99 = 0 } = told;
  if (deliveries !== sent) return `${deliveries} events were heard where ${sent} were sent to all in time`;
  const cpuMicros = from && to ? to.cpuMicros - from.cpuMicros : undefined;
  return {
    alone: before ?? (await calls()),
    beside,
    opened,
    residentBefore,
    residentOpen,
    fanOut: { deliveries, seconds, p50, p99, cpuMicros },
  };
}
