import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packMembers, publishedMembers } from '../../scripts/packages/published.ts';
import { pnpm } from '../../scripts/process/pnpm.ts';
import { runCommand } from '../../scripts/process/run-command.ts';
import { findBrowser } from '../../scripts/setup/browser.ts';

/** A newcomer's computer: an empty folder, Node, pnpm, and a registry that has our packages. */
export interface Machine {
  /** The empty folder. */
  readonly home: string;
  /** Runs a pnpm command there or in a folder of it; throws with its output where it fails. */
  pnpm(args: readonly string[], folder?: string): Promise<string>;
  /** What `npm create coatcheck` would run, from the packed package. */
  create(args: readonly string[], folder?: string): Promise<string>;
  /** Lets the project's install find our packages, which are on no registry yet. */
  useLocalPackages(folder: string): Promise<void>;
  /** Runs a pnpm command in the background until `use` is done. */
  during<Result>(args: readonly string[], folder: string, use: () => Promise<Result>): Promise<Result>;
  /** Copies a folder of the repository there, without what an install or a build left in it. */
  copy(source: string, folder: string): Promise<void>;
  read(file: string): Promise<string>;
  write(file: string, content: string): Promise<void>;
  /** Changes a file as somebody with an editor does; throws where the text is not there. */
  edit(file: string, from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

const root = path.join(import.meta.dirname, '../..');

/** Builds and packs our packages as they would be published, and makes an empty folder. */
export async function setUpMachine(env: NodeJS.ProcessEnv = {}): Promise<Machine> {
  const base = await mkdtemp(path.join(tmpdir(), 'coatcheck-newcomer-'));
  const home = path.join(base, 'home');
  await mkdir(home);
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...env,
    CHROMIUM_PATH: chromium(),
    // The Node that runs this, whatever else is on the machine.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`,
    // The tests of the project are not those of this one.
    NODE_OPTIONS: '',
    VITEST: undefined,
    NODE_ENV: undefined,
    FORCE_COLOR: '0',
  };
  const [program, ...before] = pnpm();
  const run = async (args: readonly string[], cwd: string): Promise<string> => {
    const options = { cwd, env: environment, limitSeconds: 80, output: 'keep' } as const;
    const result = await runCommand(program, [...before, ...args], options);
    if (result.kind === 'ended' && result.code === 0) return result.output;
    throw new Error(`pnpm ${args.join(' ')}: ${JSON.stringify({ ...result, output: '' })}\n${result.output}`);
  };
  const inside = (folder: string) => path.join(home, folder);

  const { packs, remove } = await packMembers(root, publishedMembers(root));
  const archives = new Map(packs.map(({ name, file }) => [name, file]));

  return {
    home,
    pnpm: (args, folder = '') => run(args, inside(folder)),
    create: (args, folder = '') =>
      run(['dlx', archives.get('create-coatcheck') ?? '', ...args], inside(folder)),
    async useLocalPackages(folder) {
      const lines = [...archives].map(([name, file]) => `  '${name}': file:${file}`);
      await writeFile(path.join(inside(folder), 'pnpm-workspace.yaml'), `overrides:\n${lines.join('\n')}\n`);
    },
    async during(args, folder, use) {
      const child = spawn(program, [...before, ...args], {
        cwd: inside(folder),
        env: environment,
        stdio: 'ignore',
        detached: true,
      });
      const ended = once(child, 'exit');
      try {
        return await use();
      } finally {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
        await ended;
      }
    },
    copy: (source, folder) =>
      cp(path.join(root, source), inside(folder), {
        recursive: true,
        filter: (file) => !/^(node_modules|dist|test-results)$/.test(path.basename(file)),
      }),
    read: (file) => readFile(inside(file), 'utf8'),
    async write(file, content) {
      await mkdir(path.dirname(inside(file)), { recursive: true });
      await writeFile(inside(file), content);
    },
    async edit(file, from, to) {
      const text = await readFile(inside(file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      await writeFile(inside(file), text.replaceAll(from, to));
    },
    async close() {
      remove();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return String(typeof address === 'object' && address !== null ? address.port : 0);
}

/** Tries until it works: a server that was just started is not there at once. */
export async function whenUp<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function chromium(): string {
  const found = findBrowser();
  if (found.kind === 'missing') throw new Error(`${found.reason}. To do: node scripts/setup.ts`);
  return found.path;
}
