import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the file and the folders above it where they are missing, for the owner alone. SQLite gives the files it puts
 * beside this one (`-wal`, `-shm`) the same mode.
 *
 * @param path absolute
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
  for (const suffix of ['', '-wal', '-shm']) {
    const mode = statSync(path + suffix, { throwIfNoEntry: false })?.mode ?? 0;
    // Takes rights from others, adds none: a file made read-only stays so.
    if ((mode & 0o077) !== 0) chmodSync(path + suffix, mode & 0o700);
  }
}
