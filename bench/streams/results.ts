import type { Sample, Spread } from '../rounds.ts';

/** What one target did in one round. */
export interface StreamRound {
  /** Calls while no stream is open. */
  readonly alone: Sample;
  /** Calls while all streams are open and idle. */
  readonly beside: Sample;
  /** How many could be opened. */
  readonly opened: number;
  /** Resident bytes of the server before, and with all streams open; undefined where it cannot be told. */
  readonly residentBefore: number | undefined;
  readonly residentOpen: number | undefined;
  readonly fanOut: FanOut;
}

/** One event after the other to all streams, each as soon as everybody has the one before. */
export interface FanOut {
  /** Deliveries: one event at one stream. */
  readonly deliveries: number;
  readonly seconds: number;
  /** Milliseconds until the last stream had an event. */
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicros: number | undefined;
}

/** A target over all rounds. */
export interface StreamSummary {
  readonly name: string;
  /** The fewest of any round. */
  readonly opened: number;
  readonly deliveriesPerSecond: Spread;
  readonly cpuPerDelivery: Spread | undefined;
  readonly p50: number;
  readonly p99: number;
  /** Resident bytes with all streams open: the most. */
  readonly residentOpen: number | undefined;
  /** By how much the first opening made the server grow, per stream. */
  readonly bytesPerStream: number | undefined;
  /** Calls per second beside idle streams, divided by those without; and the same per processor time. */
  readonly rate: Spread;
  readonly perCpu: Spread | undefined;
}
