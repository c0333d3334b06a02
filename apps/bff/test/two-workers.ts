import { configFile, ownFolder, start, workingConfig } from './command.ts';

/** Milliseconds for three processes to start on a busy machine. */
export const patience = 60_000;

/** One line of the log. */
export interface Line {
  readonly pid: number;
  readonly worker?: number;
  readonly event?: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/** A configuration of two workers that works, on free ports. */
export function shared(over: object = {}): Record<string, unknown> {
  return { ...workingConfig(), store: { url: 'sqlite:sessions.db' }, workers: 2, ...over };
}

/** A running server of two workers. */
export async function startTwo(over: object, folder = ownFolder()) {
  const child = start(['serve', '--config', configFile(shared(over), folder)]);
  let log = '';
  await new Promise<void>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (part) => {
        log += String(part);
        if (log.includes('"event":"ready"')) resolve();
      });
    child.once('exit', () => reject(new Error(log)));
  });
  const lines = () =>
    log.split('\n').flatMap((line): Line[] => (line.endsWith('}') ? [JSON.parse(line)] : []));
  return {
    child,
    log: () => log,
    lines,
    port: Number(/"worker":1,.*listening at [^"]*:(\d+)"/.exec(log)?.[1]),
    management: String(lines().find(({ event }) => event === 'ready')?.management),
    /** Of the workers, the newest of each. */
    pids: () =>
      new Map(lines().flatMap(({ worker, pid }) => (worker === undefined ? [] : [[worker, pid] as const]))),
  };
}
