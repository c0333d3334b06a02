/** What one target did in one round. */
export interface Sample {
  readonly requests: number;
  readonly seconds: number;
  /** Of the server's process tree; undefined where it cannot be told. */
  readonly cpuMicros: number | undefined;
  readonly residentBytes: number | undefined;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** One sample of each target, taken one after the other. */
export type Round = ReadonlyMap<string, Sample>;

/** The middle of some values and their spread. */
export interface Spread {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** A target beside another one. Above 1 the first is better. */
export interface Ratio {
  /** Requests per second. */
  readonly rate: Spread;
  /** Requests per processor time. */
  readonly perCpu: Spread | undefined;
  /** The same, each in its best round. */
  readonly bestPerCpu: number | undefined;
}

/** A target over all rounds. Rates per second, processor time in microseconds per request. */
export interface Summary {
  readonly rate: Spread & { readonly best: number };
  readonly cpu: (Spread & { readonly best: number }) | undefined;
  /** Medians, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The most that was seen after a round. */
  readonly residentBytes: number | undefined;
  readonly failed: number;
  /** Rounds in which nothing was answered. */
  readonly deadRounds: number;
}

/**
 * The order of a round. Every other one goes backwards, and each pair starts one target further, so that no target
 * always follows the same one or always comes first.
 *
 * @param round from 0
 */
export function orderOf<T>(targets: readonly T[], round: number): T[] {
  const first = Math.floor(round / 2) % Math.max(1, targets.length);
  const turned = [...targets.slice(first), ...targets.slice(0, first)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** One target by itself. Rates of different targets are compared by {@link compare}, not by these. */
export function summarize(rounds: readonly Round[], name: string): Summary {
  const samples = rounds.flatMap((round) => round.get(name) ?? []);
  const rates = samples.map(rateOf);
  const cpu = samples.flatMap((sample) => cpuOf(sample) ?? []);
  const resident = samples.flatMap((sample) => sample.residentBytes ?? []);
  return {
    rate: { ...spread(rates), best: Math.max(...rates) },
    cpu: cpu.length > 0 ? { ...spread(cpu), best: Math.min(...cpu) } : undefined,
    p50: spread(samples.map((sample) => sample.p50)).median,
    p99: spread(samples.map((sample) => sample.p99)).median,
    residentBytes: resident.length > 0 ? Math.max(...resident) : undefined,
    failed: samples.reduce((sum, sample) => sum + sample.failed, 0),
    deadRounds: samples.filter((sample) => sample.requests === 0).length,
  };
}

/**
 * A target beside another: each ratio is taken within one round, since a minute later the machine is another one.
 *
 * @returns undefined unless both were measured together at least once
 */
export function compare(rounds: readonly Round[], name: string, base: string): Ratio | undefined {
  const pairs = rounds.flatMap((round) => {
    const [ours, theirs] = [round.get(name), round.get(base)];
    return ours && theirs && theirs.requests > 0 ? [{ ours, theirs }] : [];
  });
  if (pairs.length === 0) return undefined;
  const perCpu = pairs.flatMap(({ ours, theirs }) => {
    const [own, other] = [cpuOf(ours), cpuOf(theirs)];
    return own !== undefined && other !== undefined ? [other / own] : [];
  });
  const [own, other] = [summarize(rounds, name).cpu, summarize(rounds, base).cpu];
  return {
    rate: spread(pairs.map(({ ours, theirs }) => rateOf(ours) / rateOf(theirs))),
    perCpu: perCpu.length > 0 ? spread(perCpu) : undefined,
    bestPerCpu: own && other ? other.best / own.best : undefined,
  };
}

/** Median and quartiles, interpolated between the two nearest values. NaN of nothing. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? Number.NaN;
    const above = sorted[Math.ceil(position)] ?? Number.NaN;
    return below + (above - below) * (position - Math.floor(position));
  };
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

function rateOf({ requests, seconds }: Sample): number {
  return requests / seconds;
}

/** Undefined also for a round without requests or too short for the system's clock. */
function cpuOf({ requests, cpuMicros }: Sample): number | undefined {
  return requests > 0 && cpuMicros !== undefined && cpuMicros > 0 ? cpuMicros / requests : undefined;
}
