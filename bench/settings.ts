/** How long a run lasts and what it measures. */
export interface Settings {
  readonly rounds: number;
  /** Length of one measurement of one target. */
  readonly seconds: number;
  readonly connections: number;
  /** Names of targets, measured beside the base; undefined means all. */
  readonly only: readonly string[] | undefined;
}

/** Shorter runs are for trying out; their figures are printed and not kept. */
const enough = { rounds: 9, seconds: 2 };

/**
 * Reads `BENCH_ROUNDS` (11), `BENCH_SECONDS` (2) and `BENCH_TARGETS` (all; names with semicolons between).
 *
 * @param known names of the targets that there are
 * @throws for a value that is no positive number, and for a name that is not known
 */
export function parseSettings(environment: NodeJS.ProcessEnv, known: readonly string[]): Settings {
  const only = environment.BENCH_TARGETS?.split(';').map((name) => name.trim());
  const unknown = only?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`BENCH_TARGETS names ${unknown.join('; ')}; there are: ${known.join('; ')}.`);
  }
  return {
    rounds: Math.ceil(positive(environment, 'BENCH_ROUNDS', 11)),
    seconds: positive(environment, 'BENCH_SECONDS', 2),
    connections: 64,
    only,
  };
}

/** Whether the figures are worth keeping in the README. */
export function isFull({ rounds, seconds, only }: Settings): boolean {
  return rounds >= enough.rounds && seconds >= enough.seconds && only === undefined;
}

function positive(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const written = environment[name];
  const value = written === undefined ? fallback : Number(written);
  if (!(value > 0 && value < 10_000)) throw new Error(`${name} is ${written}; write a positive number.`);
  return value;
}
