import { parseArgs } from 'node:util';
import type { Workload } from './workloads.ts';

/** What is measured beside the workloads. */
export const otherParts = ['event streams', 'web sockets'] as const;

/** How long a run lasts and what it measures. */
export interface Settings {
  /** One short round of everything: does it work? Printed, not kept. */
  readonly quick: boolean;
  /** Rounds of each part, where they are not its own number. */
  readonly rounds: number | undefined;
  /** Names of targets, measured beside the base; undefined means all. */
  readonly targets: readonly string[] | undefined;
  /** Names of workloads and other parts; undefined means all. */
  readonly parts: readonly string[] | undefined;
}

/**
 * Reads `--quick`, `--rounds=N`, `--targets='…'` and `--parts='…'` (names with semicolons between).
 *
 * @param known names of the targets and parts that there are
 * @throws for an unknown option or name, and for a number of rounds that is none
 */
export function parseSettings(
  args: readonly string[],
  known: { readonly targets: readonly string[]; readonly parts: readonly string[] },
): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      targets: { type: 'string' },
      parts: { type: 'string' },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds is ${values.rounds}; write a whole number of 1 or more.`);
  }
  return {
    quick: values.quick,
    rounds: values.quick ? 1 : rounds,
    targets: names('targets', values.targets, known.targets),
    parts: names('parts', values.parts, known.parts),
  };
}

/** Whether the figures are worth keeping in the README: everything, for as long as it takes. */
export function isFull({ quick, rounds, targets, parts }: Settings): boolean {
  return !quick && rounds === undefined && targets === undefined && parts === undefined;
}

/** The workloads that are asked for, as long as asked for. */
export function chosen(workloads: readonly Workload[], { quick, rounds, parts }: Settings): Workload[] {
  return workloads
    .filter(({ name }) => !parts || parts.includes(name))
    .map((workload) => ({
      ...workload,
      rounds: rounds ?? workload.rounds,
      seconds: quick ? 1 : workload.seconds,
    }));
}

function names(
  option: string,
  written: string | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  const asked = written?.split(';').map((name) => name.trim());
  const unknown = asked?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`--${option} names ${unknown.join('; ')}; there are: ${known.join('; ')}.`);
  }
  return asked;
}
