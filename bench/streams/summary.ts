import { type Sample, spread } from '../rounds.ts';
import type { StreamRound, StreamSummary } from './results.ts';

/**
 * One target over all rounds. Each ratio is taken within one round.
 *
 * @param first the round that is thrown away, in which the server opened its first streams
 */
export function summarizeStreams(
  name: string,
  first: StreamRound,
  rounds: readonly StreamRound[],
): StreamSummary {
  const fanOuts = rounds.map(({ fanOut }) => fanOut);
  const cpu = fanOuts.flatMap(({ cpuMicros, deliveries }) =>
    cpuMicros !== undefined && cpuMicros > 0 && deliveries > 0 ? [cpuMicros / deliveries] : [],
  );
  const perCpu = rounds.flatMap(({ alone, beside }) => {
    const [without, withThem] = [cpuOf(alone), cpuOf(beside)];
    return without !== undefined && withThem !== undefined ? [without / withThem] : [];
  });
  const resident = rounds.flatMap(({ residentOpen }) => residentOpen ?? []);
  const { residentBefore, residentOpen, opened } = first;
  const grew =
    residentBefore === undefined || residentOpen === undefined ? undefined : residentOpen - residentBefore;
  return {
    name,
    opened: Math.min(...rounds.map((round) => round.opened)),
    deliveriesPerSecond: spread(fanOuts.map(({ deliveries, seconds }) => deliveries / seconds)),
    cpuPerDelivery: cpu.length > 0 ? spread(cpu) : undefined,
    p50: spread(fanOuts.map(({ p50 }) => p50)).median,
    p99: spread(fanOuts.map(({ p99 }) => p99)).median,
    residentOpen: resident.length > 0 ? Math.max(...resident) : undefined,
    bytesPerStream: grew === undefined || opened === 0 ? undefined : grew / opened,
    rate: spread(rounds.map(({ alone, beside }) => rateOf(beside) / rateOf(alone))),
    perCpu: perCpu.length > 0 ? spread(perCpu) : undefined,
  };
}

function rateOf({ requests, seconds }: Sample): number {
  return requests / seconds;
}

function cpuOf({ requests, cpuMicros }: Sample): number | undefined {
  return requests > 0 && cpuMicros !== undefined && cpuMicros > 0 ? cpuMicros / requests : undefined;
}
