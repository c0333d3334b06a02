import type { FaultyStore } from '../../faults/stores/store.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { openSqlite } from './sqlite.ts';

export const storeKinds = ['sqlite', 'redis', 'postgres'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Where the sessions of one BFF are, and the test's own way to them. */
export interface StoreAccess {
  readonly kind: StoreKind;
  /** How many sessions it holds; what is kept of ended ones does not count. */
  sessions(): Promise<number>;
  /** The files that it is in, where it is files of the BFF's. */
  readonly files: readonly string[];
  /** Everything that somebody who steals it would have. */
  contents(): Promise<Buffer[]>;
  /**
   * Keeps it from taking writes; resolves to what lets it go on. A write that waits is never made if its process has
   * died meanwhile.
   */
  hold(): Promise<() => Promise<void>>;
  /** A backup; resolves to what puts it in the place of whatever is there then. */
  backUp(): Promise<() => Promise<void>>;
  /** Everything is gone. */
  wipe(): Promise<void>;
  /** Names of the records of sessions. */
  records(): Promise<string[]>;
  /** Reads the sealed bytes of a record, or for some stores the record around them, which end alike. */
  read(record: string): Promise<Buffer>;
  write(record: string, bytes: Buffer): Promise<void>;
  /** Says that somebody else wrote all this: a version to come, or another program. */
  claim(owner: 'newer' | 'foreign'): Promise<void>;
  /** What goes wrong between the BFF and the store, if it was asked for that. @throws Error if not */
  readonly network: StoreNetwork;
}

export interface StoreNetwork {
  /** Connections are reset, and no new ones are taken. */
  cut(): void;
  /** The server stands still, and connections stay open. */
  pause(): void;
  /** Undoes both. */
  mend(): void;
}

/** A store that is to be closed. */
export interface OpenedStore extends StoreAccess {
  /** What the BFF is told. */
  readonly url: string;
  close(): Promise<void>;
}

/** What `CONFORMANCE_STORE` asks for. @throws Error for a kind that does not exist */
export function wantedKind(): StoreKind {
  const named = process.env.CONFORMANCE_STORE ?? 'sqlite';
  const kind = storeKinds.find((one) => one === named);
  if (!kind) throw new Error(`CONFORMANCE_STORE must be one of ${storeKinds.join(', ')}.`);
  return kind;
}

/**
 * Opens an empty store of the wanted kind: a file, or a part of the server of this run.
 *
 * @param folder of the BFF, for files
 * @param ownServer with a server of its own, whose network can fail; Redis where the run is on SQLite
 */
export async function openStore(folder: string, ownServer: boolean): Promise<OpenedStore> {
  const kind = wantedKind();
  if (ownServer) return kind === 'postgres' ? openPostgres(undefined) : openRedis(undefined);
  const shared = process.env.CONFORMANCE_STORE_URL;
  if (kind === 'redis') return openRedis(shared);
  return kind === 'postgres' ? openPostgres(shared) : openSqlite(folder);
}

/** Starts the server that all BFFs of a run share, unless it is on SQLite. */
export async function startSharedServer(): Promise<FaultyStore | undefined> {
  const kind = wantedKind();
  if (kind === 'sqlite') return undefined;
  const { stores } = await import('../../faults/stores/chosen.ts');
  return stores[kind === 'redis' ? 'Redis' : 'PostgreSQL']();
}
