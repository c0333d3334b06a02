/** A store that all instances share, and what can go wrong with it. */
export interface FaultyStore {
  readonly name: 'Redis' | 'PostgreSQL' | 'SQLite';
  /** What the instances have as `store.url`. */
  readonly url: string;
  /** Undefined where there is no network between an instance and the store. */
  readonly server: StoreServer | undefined;
  /** Makes it answer nothing, or take no writes, until `resume`. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** A store behind a port. */
export interface StoreServer {
  readonly port: number;
  /** The same store through another port, as through `startLink`. */
  urlVia(port: number): string;
  /** Ends it and, when `meanwhile` has ended too, starts it again on the same port and data. */
  restart(how: 'SIGTERM' | 'SIGKILL', meanwhile?: () => Promise<void>): Promise<void>;
  /** What requests to it contain, as bytes read as Latin-1. */
  readonly wire: Wire;
}

export interface Wire {
  /** A holder says that it is about to send its request. */
  readonly attempt: RegExp;
  /** New tokens are stored. */
  readonly commit: RegExp;
  /** The connection wants to be told of changes. */
  readonly listen: RegExp;
}
