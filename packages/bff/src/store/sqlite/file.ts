import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { unavailable } from './failure.ts';

/**
 * Makes the file and the folders above it where they are missing, for the owner alone. SQLite gives the files it puts
 * beside this one (`-wal`, `-shm`) the same mode.
 *
 * @param path absolute
 * @throws {StoreError} `store_unavailable` for a folder, a device or anything else that is no ordinary file
 */
export function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // Only ever with `x`: closing a descriptor drops all POSIX locks this process has on the file, those of another
    // open handle included (https://sqlite.org/howtocorrupt.html, section 2.2).
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  // Before any right is taken: a folder or a device that is named by mistake may be the whole machine's.
  if (!statSync(path).isFile()) throw unavailable(path, 'it is no ordinary file: name a file, not a folder');
  for (const suffix of ['', '-wal', '-shm']) {
    const mode = statSync(path + suffix, { throwIfNoEntry: false })?.mode ?? 0;
    // Takes rights from others, adds none: a file made read-only stays so.
    if ((mode & 0o077) !== 0) chmodSync(path + suffix, mode & 0o700);
  }
}

/**
 * Prepares a check that the file which is open is still the one that the path names: all that is written to a file which
 * was removed or replaced is gone with the next restart.
 *
 * @returns throws {@link StoreError} `store_unavailable` if not
 */
export function prepareFileCheck(path: string): () => void {
  const opened = statSync(path, { bigint: true });
  return () => {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    throw unavailable(path, 'the file was removed or replaced while it was open: restart every instance');
  };
}
