import { type FSWatcher, readFileSync, watch } from 'node:fs';
import type { Server } from 'node:tls';
import { ConfigError } from '@coatcheck/bff';

/** PEM files of a certificate chain and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** @throws ConfigError that names the file that cannot be read */
export function readTls(files: TlsFiles): { cert: Buffer; key: Buffer } {
  return { cert: readPem(files.cert, 'tls.cert'), key: readPem(files.key, 'tls.key') };
}

/**
 * Takes a renewed certificate into use without a restart.
 *
 * @param onReload told after each change: undefined, or why the old certificate stays
 * @returns how to stop
 */
export function reloadTls(server: Server, files: TlsFiles, onReload: (error?: Error) => void): () => void {
  return watchPair(files, () => server.setSecureContext(readTls(files)), onReload);
}

/**
 * Has a pair of files read again when it changes.
 *
 * @param reload throws where the new pair cannot be used
 * @param onReload told after each change: undefined, or what was thrown
 * @returns how to stop
 */
export function watchPair(
  files: TlsFiles,
  reload: () => void,
  onReload: (error?: Error) => void,
): () => void {
  let pending: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(pending);
    // A renewal writes two files: wait until both are there.
    pending = setTimeout(() => {
      try {
        // Where a file was put in the place of the old one, that is what must be watched from now on.
        for (const watcher of watchers.splice(0)) watcher.close();
        watchAll();
        reload();
        onReload();
      } catch (error) {
        onReload(error instanceof Error ? error : new Error(String(error)));
      }
    }, 200);
  };
  const watchers: FSWatcher[] = [];
  const watchAll = () => {
    for (const file of [files.cert, files.key]) watchers.push(watch(file, changed));
  };
  watchAll();
  return () => {
    clearTimeout(pending);
    for (const watcher of watchers) watcher.close();
  };
}

function readPem(path: string, key: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError([
      {
        key,
        problem: `names a file that cannot be read (${code}).`,
        fix: 'Correct the path or its permissions.',
      },
    ]);
  }
}
