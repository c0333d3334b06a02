import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Questions } from '../src/ask.ts';
import { run } from '../src/run.ts';

/** A directory to run the command in. */
export interface Place {
  readonly directory: string;
  /** Runs it, with the answers a person would give; without any, as a script does. */
  create(args: readonly string[], answers?: Partial<Questions>): Promise<Ran>;
  read(path: string): Promise<string>;
  remove(): Promise<void>;
}

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function somewhere(userAgent?: string): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'create-coatcheck-'));
  return {
    directory,
    async create(args, answers) {
      const out: string[] = [];
      const err: string[] = [];
      const status = await run(args, {
        directory,
        userAgent,
        isInteractive: answers !== undefined,
        say: (line) => out.push(line),
        complain: (line) => err.push(line),
        questions: { ...unexpected, ...answers },
      });
      return { status, out: out.join('\n'), err: err.join('\n') };
    },
    read: (path) => readFile(join(directory, path), 'utf8'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function refuse(what: string) {
  return async (): Promise<never> => {
    throw new Error(`Nobody should be asked for the ${what}.`);
  };
}

const unexpected: Questions = {
  directory: refuse('directory'),
  provider: refuse('provider'),
  issuer: refuse('issuer'),
  api: refuse('API'),
  goOn: refuse('consent'),
};
