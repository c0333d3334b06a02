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
  remove(record: string): Promise<void>;
  /** Says that somebody else wrote all this: a version to come, or another program. */
  claim(owner: 'newer' | 'foreign'): Promise<void>;
  /** What can go wrong with its server, if it was asked for that. @throws Error if not */
  readonly faults: StoreFaults;
}

export interface StoreFaults {
  /** Connections are reset, and no new ones are taken. */
  cut(): void;
  /** The server stands still, and connections stay open. */
  pause(): void;
  /** Undoes both. */
  mend(): void;
  /** It is full, or read-only; resolves to what makes it take writes again. */
  refuseWrites(): Promise<() => Promise<void>>;
  /** Connections from now on need another password than the one that the BFF has; resolves to what undoes that. */
  changePassword(): Promise<() => Promise<void>>;
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
