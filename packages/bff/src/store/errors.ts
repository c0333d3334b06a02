/**
 * What went wrong with a store. `store_unavailable`: it cannot be read or written now (locked, full, read-only,
 * damaged, closed, unreachable, silent, with another password or certificate). `store_incompatible`: it was never ours
 * to use (another program's data, a newer version, an unknown `store.url`), so trying again is pointless.
 */
export type StoreErrorCode = 'store_unavailable' | 'store_incompatible';

/** The only error with which a store rejects, bugs apart. The message names the remedy and is for the log, never for a browser. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A value in the store is not what a store writes there. What stands beside it may be whole. */
export class DamagedError extends StoreError {
  constructor(message: string) {
    super('store_unavailable', message);
  }
}
