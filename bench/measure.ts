import type { Load } from './load.ts';
import { orderOf, type Round, type Sample } from './rounds.ts';
import type { Started } from './targets/target.ts';
import { readUsage } from './usage.ts';
import type { Workload } from './workloads.ts';

/** A target that is ready. */
export interface Runner {
  readonly name: string;
  readonly started: Started;
}

export interface MeasureOptions {
  readonly load: Load;
  readonly workload: Pick<Workload, 'path' | 'bodyBytes' | 'rounds' | 'seconds' | 'connections'>;
  /** Told after each sample; the round from 0, -1 for the warm-up. */
  readonly onSample: (round: number, name: string, sample: Sample) => void;
}

/** V8 still compiles, on the very core that is measured, until about so many calls. */
const warmUpCalls = 40_000;
const mostWarmUps = 4;

/**
 * Measures all targets in each round, one after the other, in changing order. A first round that does not count, and in
 * which each target gets as many calls as the others, lets Node compile what is hot.
 */
export async function measure(runners: readonly Runner[], options: MeasureOptions): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = -1; round < options.workload.rounds; round += 1) {
    const samples = new Map<string, Sample>();
    for (const { name, started } of orderOf(runners, Math.max(0, round))) {
      let sample = await take(started, options);
      let calls = sample.requests;
      for (let more = 1; round < 0 && more < mostWarmUps && calls < warmUpCalls; more += 1) {
        sample = await take(started, options);
        calls += sample.requests;
      }
      samples.set(name, sample);
      options.onSample(round, name, sample);
    }
    if (round >= 0) rounds.push(samples);
  }
  return rounds;
}

/** One stretch of load on one target. */
export async function take(
  { url, headers, pids }: Started,
  { load, workload }: Pick<MeasureOptions, 'load' | 'workload'>,
): Promise<Sample> {
  const { path, bodyBytes, seconds, connections } = workload;
  const before = readUsage(pids);
  const target = new URL(path, url).href;
  const result = await load.run({ url: target, headers, seconds, connections, bodyBytes });
  const after = readUsage(pids);
  return {
    ...result,
    cpuMicros: before && after ? after.cpuMicros - before.cpuMicros : undefined,
    residentBytes: after?.residentBytes,
  };
}
