import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A copy of the work tree that may be broken. */
export interface Scratch {
  readonly root: string;
  remove(): Promise<void>;
}

/** Copies what git knows or would take in. Packages from outside stay where they are; our own are the copy's. */
export async function copyTree(source: string): Promise<Scratch> {
  const root = await mkdtemp(path.join(tmpdir(), 'coatcheck-mutations-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: source,
    encoding: 'utf8',
  });
  const files = listed.split('\0').filter((file) => file !== '');
  for (const file of files) {
    // What is deleted and not committed yet is still listed.
    await cp(path.join(source, file), path.join(root, file), { verbatimSymlinks: true }).catch(unlessGone);
  }
  const members = files.filter((file) => path.basename(file) === 'package.json').map(path.dirname);
  for (const member of new Set(members)) {
    const [from, to] = [source, root].map((base) => path.join(base, member, 'node_modules')) as [
      string,
      string,
    ];
    if (member === '.') await linkPackages(from, to);
    else await cp(from, to, { recursive: true, verbatimSymlinks: true }).catch(unlessGone);
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Not the folder itself: what test runners keep in it speaks of the other tree. */
async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (name === '.vite' || name.startsWith('.vitest')) continue;
    await symlink(path.join(from, name), path.join(to, name));
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
