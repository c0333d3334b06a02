import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Change } from './change.ts';

/**
 * Writes what was planned.
 *
 * @throws where a new file is there after all, or the folder cannot be written
 */
export function writeChanges(directory: string, changes: readonly Change[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { kind, path, content } of changes) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    if (kind === 'add') writeFileSync(file, content, { flag: 'wx' });
    else replace(file, content);
  }
}

/** A file that others have is replaced whole or not at all. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.coatcheck`, content, { flag: 'wx' });
  renameSync(`${file}.coatcheck`, file);
}
