import path from 'node:path';
import { runCommand, succeeded } from '../process/run-command.ts';
import type { Pack } from './published.ts';

/**
 * What is wrong with a package as it would be published: publint for its files and manifest, and are-the-types-wrong for
 * what TypeScript finds behind its entries.
 *
 * @returns what the tools say, empty where nothing is wrong
 */
export async function judgePack(root: string, { file, hasEntries }: Pack): Promise<string[]> {
  const tool = (...parts: string[]) => path.join(root, 'node_modules', ...parts);
  const publint = [tool('publint/src/cli.js'), 'run', file, '--strict'];
  // ESM only; and the file at hand says all, no registry is asked.
  const types = [
    ...[tool('@arethetypeswrong/cli/dist/index.js'), file],
    ...['--profile', 'esm-only', '--format', 'ascii', '--no-definitely-typed', '--no-emoji'],
  ];
  const said = await Promise.all(
    [publint, ...(hasEntries ? [types] : [])].map((args) => complaint(root, args)),
  );
  return said.filter((text) => text !== null);
}

async function complaint(cwd: string, args: readonly string[]): Promise<string | null> {
  // CI counts as a terminal with colours, which would stand amid the words.
  const { FORCE_COLOR: _, ...others } = process.env;
  const env = { ...others, NO_COLOR: '1' };
  const result = await runCommand(process.execPath, args, { cwd, env, limitSeconds: 60, output: 'keep' });
  if (succeeded(result)) return null;
  return result.kind === 'ended' ? result.output : `${args[0]}: ${result.kind}`;
}
