import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ConfigError } from '@coatcheck/bff';

/** A new root key: 32 random bytes, base64url. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Stands before the key that was announced and is not used yet. */
const marker = '# announced, not sealing yet:';

/**
 * The two steps of a rotation over several instances, on a file with one key a line, of which the first seals and all
 * open. `announce` adds a new key at the end, so that every instance can open what none seals yet; `activate` puts that
 * key first, and drops the oldest beyond `keep`. Between the steps every instance is restarted: no one is signed out.
 *
 * @returns how many keys the file holds then
 * @throws ConfigError where the file cannot be used, or the step is not the one that is due
 */
export function rotateKeys(path: string, step: 'announce' | 'activate', keep: number): number {
  const { keys, announced } = existsSync(path) ? readKeys(path) : { keys: [], announced: undefined };
  if (step === 'announce') {
    if (announced !== undefined)
      throw unfit(path, 'holds an announced key already.', 'Use it with --activate.');
    return writeKeys(path, keys.length === 0 ? [newKey()] : [...keys, marker, newKey()]);
  }
  if (announced === undefined) throw unfit(path, 'holds no announced key.', 'Run without --activate first.');
  return writeKeys(path, [announced, ...keys].slice(0, Math.max(2, keep)));
}

function readKeys(path: string): { keys: string[]; announced: string | undefined } {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const bad = lines.findIndex((line) => !line.startsWith('#') && !/^[\w-]{43}$/.test(line));
  if (bad >= 0) throw unfit(path, `has no key in line ${bad + 1}.`, 'One key a line: 32 bytes, base64url.');
  const at = lines.indexOf(marker);
  const isKey = (line: string) => !line.startsWith('#');
  return at < 0
    ? { keys: lines.filter(isKey), announced: undefined }
    : { keys: lines.slice(0, at).filter(isKey), announced: lines.slice(at).find(isKey) };
}

/** Replaces the file at once: an instance that starts meanwhile reads the old or the new one whole. */
function writeKeys(path: string, lines: readonly string[]): number {
  const draft = `${path}.new`;
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return lines.filter((line) => !line.startsWith('#')).length;
}

function unfit(key: string, problem: string, fix: string): ConfigError {
  return new ConfigError([{ key, problem, fix }]);
}
