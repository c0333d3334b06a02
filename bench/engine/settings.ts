import { parseArgs } from 'node:util';

/** How much of everything a run of the engine's benchmarks does. */
export interface EngineSettings {
  /** Whether its figures are worth keeping: everything, on all stores. */
  readonly full: boolean;
  /** Whether each filling of a store gets an empty one. */
  readonly fresh: boolean;
  /** Sessions in each store for look-ups and sizes. */
  readonly sessions: number;
  /** Of those, how many are over when the sweep comes. */
  readonly over: number;
  readonly lookUps: { readonly sqlite: number; readonly server: number };
  /** Sessions in the cache of a process; more than it holds would be dropped. */
  readonly cached: number;
  /** Proxied calls in which commands to the store are counted. */
  readonly calls: number;
  /** Sign-outs of which each other instance must learn. */
  readonly revocations: number;
  /** How long people sign in, and then how long they call with dead tokens. */
  readonly seconds: number;
  /** Names of parts; undefined means all. */
  readonly only: readonly string[] | undefined;
  /** Names of stores; undefined means all. */
  readonly stores: readonly string[] | undefined;
}

const full: EngineSettings = {
  full: true,
  fresh: true,
  sessions: 1_000_000,
  over: 2_000,
  lookUps: { sqlite: 100_000, server: 30_000 },
  cached: 10_000,
  calls: 10_000,
  revocations: 120,
  seconds: 10,
  only: undefined,
  stores: undefined,
};

/** Shows that everything works, in seconds. */
const small: EngineSettings = {
  full: false,
  fresh: false,
  sessions: 2_000,
  over: 200,
  lookUps: { sqlite: 1_000, server: 300 },
  cached: 500,
  calls: 200,
  revocations: 10,
  seconds: 0.5,
  only: undefined,
  stores: undefined,
};

/** What there is to choose from. */
export interface Known {
  readonly parts: readonly string[];
  readonly stores: readonly string[];
}

/**
 * Reads `--small`, `--only=<part>` and `--store=<name>`; the last two may be repeated.
 *
 * @throws for anything else
 */
export function parseEngineSettings(args: readonly string[], known: Known): EngineSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      small: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      store: { type: 'string', multiple: true },
    },
  });
  const { only, store: stores } = values;
  refuseUnknown('--only', only, known.parts);
  refuseUnknown('--store', stores, known.stores);
  const chosen = values.small ? small : full;
  return { ...chosen, full: chosen.full && !only && !stores, only, stores };
}

function refuseUnknown(option: string, names: readonly string[] = [], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`${option} names ${unknown.join(', ')}; there are: ${known.join(', ')}.`);
}
