import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Found, Missing } from './component.ts';

/** What the look-up asks of the machine; tests pass their own. */
export type Programs = {
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(file: string): boolean;
  /** The names in a folder; none where there is no such folder. */
  namesIn(folder: string): readonly string[];
  /** What the program prints for `--version`; undefined where it does not start. */
  version(file: string): string | undefined;
};

/** A server program that tests start themselves. */
export type Wanted = {
  readonly name: string;
  /** Programs that must lie beside it. */
  readonly beside?: readonly string[];
  /** Folders to look in after `PATH`; `*` stands for a version, the newest first. */
  readonly folders: readonly string[];
  /** Finds the version in what `--version` prints. */
  readonly version: RegExp;
  readonly leastVersion: number;
};

export function findProgram(wanted: Wanted, programs: Programs = thisMachine): Found | Missing {
  const { name, beside = [] } = wanted;
  const inPath = (programs.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const folders = [...inPath, ...wanted.folders.flatMap((folder) => withVersions(folder, programs))];
  let reason = `no ${name} here`;
  for (const folder of folders) {
    if (![name, ...beside].every((program) => programs.exists(path.join(folder, program)))) continue;
    const file = path.join(folder, name);
    const version = wanted.version.exec(programs.version(file) ?? '')?.[1];
    if (Number(version) >= wanted.leastVersion) return { kind: 'found', what: `${file} (${version})` };
    reason = version
      ? `${file} is version ${version}, ${wanted.leastVersion} is needed`
      : `${file} does not start`;
  }
  return { kind: 'missing', reason };
}

function withVersions(folder: string, programs: Programs): string[] {
  const star = folder.indexOf('*');
  if (star === -1) return [folder];
  const parent = path.dirname(folder.slice(0, star + 1));
  const [before = '', after = ''] = folder.slice(parent.length + 1).split('*');
  const versions = programs
    .namesIn(parent)
    .filter((name) => name.startsWith(before) && /^\d+$/.test(name.slice(before.length)))
    .toSorted((a, b) => Number(b.slice(before.length)) - Number(a.slice(before.length)));
  return versions.map((name) => path.join(parent, name, after));
}

const thisMachine: Programs = {
  env: process.env,
  exists: existsSync,
  namesIn: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  version(file) {
    const result = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
    return result.status === 0 ? result.stdout : undefined;
  },
};
