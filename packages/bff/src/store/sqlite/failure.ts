import { StoreError } from '../errors.ts';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that an operator can do something about. */
const remedies: Readonly<Record<number, string>> = {
  5: 'another process kept it locked for too long',
  6: 'another connection kept it locked',
  8: 'it is read-only: check the owner and mode of the file and its folder',
  10: 'the disk failed to read or write it',
  11: 'it is damaged: move it away to start with an empty store (everyone must sign in again)',
  13: 'the disk is full',
  14: 'it cannot be opened: check the owner and mode of the file and its folder',
};

const notADatabase = 26;

/** Codes that only a mistake of ours or of the caller can cause: constraint, type mismatch, misuse, range. */
const bugs: readonly number[] = [19, 20, 21, 25];

/**
 * The error to reject with: a {@link StoreError} that says what to do, or the error itself where it is a bug.
 *
 * @param error what `node:sqlite` or `node:fs` threw
 */
export function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = resultCode(error);
  if (code === notADatabase) return notOurs(path, 'it is not a SQLite database', error);
  if (code !== undefined && !bugs.includes(code))
    return unavailable(path, remedies[code] ?? error.message, error);
  // Failed system calls, from node:fs.
  if ('syscall' in error) return unavailable(path, error.message, error);
  return error;
}

export function unavailable(path: string, why: string, cause?: unknown): StoreError {
  return new StoreError('store_unavailable', `The store ${path} (store.url) cannot be used: ${why}.`, {
    cause,
  });
}

export function notOurs(path: string, why: string, cause?: unknown): StoreError {
  const remedy = 'let store.url name another file';
  return new StoreError(
    'store_incompatible',
    `The file ${path} is no store for this version: ${why}; ${remedy}.`,
    {
      cause,
    },
  );
}

/** The primary result code of an error of `node:sqlite`, which carries the extended one. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined;
  return error.errcode & 0xff;
}
