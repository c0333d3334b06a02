import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pnpm } from '../process/pnpm.ts';
import { runCommand, succeeded } from '../process/run-command.ts';

/** A member of the workspace that goes to the registry. */
export interface Published {
  readonly name: string;
  /** Relative to the root, with `/`. */
  readonly folder: string;
  /** It is imported; else it only has commands. */
  readonly hasEntries: boolean;
}

/** A member as it would be published. */
export interface Pack extends Published {
  /** The `.tgz`. */
  readonly file: string;
}

/** All members that are not private. @param root of the workspace */
export function publishedMembers(root: string): Published[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .sort()
    .flatMap((file) => {
      const manifest: unknown = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
      const { name, private: isPrivate, exports } = membersOf(manifest);
      if (typeof name !== 'string' || isPrivate === true) return [];
      const folder = path.dirname(file).replaceAll(path.sep, '/');
      return [{ name, folder, hasEntries: exports !== undefined }];
    });
}

/**
 * Builds all of them and packs them into a new folder.
 *
 * @throws Error with the output of what failed
 */
export async function packMembers(root: string, members: readonly Published[]): Promise<Packs> {
  const folder = mkdtempSync(path.join(tmpdir(), 'coatcheck-packs-'));
  const filters = members.flatMap(({ name }) => ['--filter', name]);
  // Types are checked elsewhere. pnpm takes those first whose declarations others need.
  await run(root, [...filters, 'run', 'build', '--noCheck']);
  const packs: Pack[] = [];
  for (const member of members) {
    const own = path.join(folder, member.name.replaceAll('/', '-'));
    await run(path.join(root, member.folder), ['pack', '--pack-destination', own]);
    const [file = ''] = readdirSync(own);
    packs.push({ ...member, file: path.join(own, file) });
  }
  return { packs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Packs {
  readonly packs: readonly Pack[];
  /** Deletes the files. */
  remove(): void;
}

async function run(cwd: string, args: readonly string[]): Promise<void> {
  const [program, ...before] = pnpm();
  const result = await runCommand(program, [...before, ...args], { cwd, limitSeconds: 120, output: 'keep' });
  if (!succeeded(result)) throw new Error(`pnpm ${args.join(' ')}\n${result.output}`);
}

function membersOf(manifest: unknown): Record<string, unknown> {
  return typeof manifest === 'object' && manifest !== null ? { ...manifest } : {};
}
