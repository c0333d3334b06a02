import type { Store, StoredSession } from '@coatcheck/bff';
import type { Machine } from '../../machine.ts';

export type StoreName = 'SQLite' | 'Redis' | 'PostgreSQL';

/** A store that runs, empty. */
export interface RunningStore {
  /** What the BFF has as `store.url`. */
  readonly url: string;
  /** Its server's processes. */
  readonly pids: readonly number[];
  readonly version: string;
  close(): Promise<void>;
}

/** Bytes that its sessions take, in all and of what. */
export interface StoreSize {
  readonly bytes: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** Counts what instances ask of a store. */
export interface Counting {
  /** Commands since it began, by what they do. What a script does inside the server is no command. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

/** One kind of store, and what the benchmarks do with it past the BFF. */
export interface StoreKind {
  readonly name: StoreName;
  /** @returns why it cannot be started here, where a program is missing */
  start(machine: Machine, folder: string): Promise<RunningStore | string>;
  /** Writes sessions by the shortest way. The store made its schema before. @param store open on `url` */
  load(url: string, sessions: Iterable<StoredSession>, store: Store): Promise<void>;
  size(url: string): Promise<StoreSize>;
  /** What Node must load first, so that an instance can count; a module's file. */
  readonly preload?: string;
  /** @param pids of the instances */
  count(url: string, pids: readonly number[]): Promise<Counting>;
}
