import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigProblem } from '@coatcheck/bff';

/**
 * Replaces every `{"file": "path"}` and `{"env": "NAME"}` in a configuration by what it refers to, so that no secret
 * needs to stand in the configuration itself.
 *
 * @param base directory against which relative paths are read
 */
export function resolveReferences(
  value: unknown,
  base: string,
  env: NodeJS.ProcessEnv,
): { value: unknown; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  return { value: walk(value, ''), problems };

  function walk(node: unknown, at: string): unknown {
    // A file in a list may hold several entries, one a line (or PEM block): keys under rotation, newest first.
    if (Array.isArray(node)) {
      return node.flatMap((one, index) => {
        const found = walk(one, `${at}[${index}]`);
        return typeof found === 'string' && found !== one ? entriesOf(found) : [found];
      });
    }
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node);
    const [only] = entries;
    if (entries.length === 1 && only && typeof only[1] === 'string') {
      if (only[0] === 'file') return readSecret(resolve(base, only[1]), at);
      if (only[0] === 'env') return readVariable(only[1], at);
    }
    return Object.fromEntries(
      entries.map(([name, one]) => [name, walk(one, at === '' ? name : `${at}.${name}`)]),
    );
  }

  function readSecret(path: string, at: string): string {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      problems.push({
        key: at,
        problem: `refers to a file that cannot be read (${code}).`,
        fix: 'Correct the path or its permissions.',
      });
      return '';
    }
  }

  function readVariable(name: string, at: string): string {
    const found = env[name];
    if (found === undefined)
      problems.push({ key: at, problem: `refers to ${name}, which is not set.`, fix: `Set ${name}.` });
    return found ?? '';
  }
}

/** Keys of several lines stay whole: PEM, and JSON. */
function entriesOf(text: string): string[] {
  if (text.startsWith('-----BEGIN')) return text.split(/(?<=-----END [A-Z ]+-----)\s*/);
  return text.startsWith('{') && isJson(text) ? [text] : linesOf(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function linesOf(text: string): string[] {
  return text.split(/\s*\n\s*/).filter((line) => !line.startsWith('#'));
}
