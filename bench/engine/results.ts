import type { Revocation } from './revocation.ts';
import type { RoundTrips } from './round-trips.ts';
import type { EngineSettings } from './settings.ts';
import type { StoreName } from './stores/store.ts';
import type { Throughputs } from './throughput.ts';

/** Figures that a program printed, by name. */
export type Figures = Readonly<Record<string, number>>;

/** One store; undefined is what was not measured. */
export interface StoreResults {
  readonly name: StoreName;
  readonly version: string;
  readonly roundTrips: RoundTrips | undefined;
  readonly revocation: Revocation | undefined;
  readonly throughput: Throughputs | undefined;
  /** With records without an ID token: sizes. */
  readonly smaller: Figures | undefined;
  /** With records with an ID token: sizes, sweep, look-ups. */
  readonly large: Figures | undefined;
}

/** Everything that one run measured. */
export interface EngineResults {
  readonly settings: EngineSettings;
  readonly stores: readonly StoreResults[];
  /** Of a process's cache, for each size of record. */
  readonly cache: readonly Figures[];
  /** What was left out, and why. */
  readonly missing: readonly string[];
}
