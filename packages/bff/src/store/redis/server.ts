import type { ChangeFeed, StoreChange } from '../store.ts';
import type { Request } from './request.ts';

/** A Redis in whatever topology, as the parts of the store see it. Every method rejects with a StoreError. */
export interface RedisServer {
  readonly feed: ChangeFeed;
  send(request: Request): Promise<unknown>;
  /** As `send`, and resolves only once as many replicas have the write as `wait` asks for. */
  sendDurably(request: Request): Promise<unknown>;
  /** Resolves when this process's listeners know of these changes, which were made. */
  told(changes: readonly StoreChange[]): Promise<void>;
  close(): void;
}
