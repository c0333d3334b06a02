import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

/** A workspace member: `packages/bff`, `apps/web`, `e2e`, …; `''` is the root itself. */
export type Unit = string;

/** Where a file stands. */
export type Place = {
  readonly file: string;
  readonly unit: Unit;
  /** Tests may use more than the code they test. */
  readonly isTest: boolean;
  /** First folder or file name under `src`, without extension: `ticket` for `src/ticket/seal.ts`. */
  readonly stage: string | undefined;
};

/** Where an import leads. */
export type Target =
  | { readonly kind: 'file'; readonly place: Place }
  | { readonly kind: 'member'; readonly unit: Unit; readonly entry: string | undefined }
  | { readonly kind: 'third-party'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string };

/** A member's public entries by import specifier: `@coatcheck/react/router` → `src/router.ts`. */
export type Member = {
  readonly unit: Unit;
  readonly name: string;
  readonly entries: ReadonlyMap<string, string>;
};

const familyFolders = new Set(['packages', 'apps']);

/** Reads the names and public entries of all workspace members. */
export function readMembers(root: string): Member[] {
  const units = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap(({ name }) =>
      familyFolders.has(name)
        ? readdirSync(path.join(root, name)).map((inner) => `${name}/${inner}`)
        : [name],
    );
  return units.flatMap((unit) => {
    const manifest = path.join(root, unit, 'package.json');
    return existsSync(manifest) ? [parseMember(unit, JSON.parse(readFileSync(manifest, 'utf8')))] : [];
  });
}

function parseMember(unit: Unit, manifest: { readonly name?: unknown; readonly exports?: unknown }): Member {
  const name = typeof manifest.name === 'string' ? manifest.name : unit;
  const { exports } = manifest;
  const entries =
    typeof exports === 'object' && exports !== null ? Object.entries(exports) : [['.', exports] as const];
  return {
    unit,
    name,
    entries: new Map(
      entries.flatMap(([key, file]) =>
        typeof file === 'string' ? [[key.replace('.', name), path.posix.normalize(file)]] : [],
      ),
    ),
  };
}

/** Tells where a file stands from its path alone. */
export function placeOf(file: string): Place {
  const parts = file.split('/');
  const depth = parts.length === 1 ? 0 : familyFolders.has(parts[0] ?? '') ? 2 : 1;
  const inside = parts.slice(depth);
  return {
    file,
    unit: parts.slice(0, depth).join('/'),
    isTest: inside.includes('test') || /\.(test|spec)\.[cm]?[jt]sx?$/.test(file),
    stage: inside[0] === 'src' ? inside[1]?.replace(/\.[cm]?[jt]sx?$/, '') : undefined,
  };
}

/** Follows a specifier from the file that imports it. */
export function targetOf(from: string, specifier: string, members: readonly Member[]): Target {
  const bare = specifier.replace(/[?#].*$/, '');
  if (bare.startsWith('.')) {
    return { kind: 'file', place: placeOf(path.posix.join(path.posix.dirname(from), bare)) };
  }
  if (isBuiltin(bare)) return { kind: 'builtin', name: bare };
  const member = members.find(({ name }) => bare === name || bare.startsWith(`${name}/`));
  if (member) return { kind: 'member', unit: member.unit, entry: member.entries.get(bare) };
  return { kind: 'third-party', name: packageName(bare) };
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
