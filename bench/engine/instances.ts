import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { managementPaths } from '@coatcheck/protocol';
import { request } from 'undici';
import type { Machine } from '../machine.ts';
import { freePort, startProgram } from '../program.ts';
import type { Provider } from '../surroundings/authorization-server.ts';
import type { Upstream } from '../surroundings/upstream.ts';

const program = path.join(import.meta.dirname, '../../apps/bff/src/cli/main.ts');
const unlimited = { max: 1_000_000_000 };

/** What instances stand between. */
export interface EngineSurroundings {
  readonly machine: Machine;
  readonly provider: Provider;
  readonly upstream: Upstream;
  readonly folder: string;
}

/** One process of the standalone server. */
export interface Instance {
  readonly pid: number;
  readonly origin: string;
  /** Reads a counter of its metrics. */
  counter(series: string): Promise<number>;
  close(): Promise<void>;
}

export interface Instances {
  readonly all: readonly [Instance, ...Instance[]];
  /** Which their callers name as `Host`; that of the first. */
  readonly publicUrl: string;
  close(): Promise<void>;
}

export interface InstancesOptions extends EngineSurroundings {
  readonly storeUrl: string;
  readonly count: number;
  /** A module that each loads first. */
  readonly preload?: string | undefined;
}

/** Starts processes of the standalone server that share a store, keys and a name. They keep the ID token too. */
export async function startInstances(options: InstancesOptions): Promise<Instances> {
  const folder = await mkdtemp(path.join(options.folder, 'instances-'));
  const keys = [randomBytes(32).toString('base64url')];
  const ports = await Promise.all(Array.from({ length: options.count }, freePort));
  const publicUrl = `http://127.0.0.1:${ports[0]}`;
  const started: Instance[] = [];
  const close = async () => {
    await Promise.all(started.map((instance) => instance.close()));
  };
  try {
    for (const port of ports) {
      const own = path.join(folder, String(port));
      await mkdir(own);
      started.push(await start(options, { folder: own, keys, port, publicUrl }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [first, ...others] = started;
  if (!first) throw new Error('at least one instance');
  return { all: [first, ...others], publicUrl, close };
}

interface Own {
  readonly folder: string;
  readonly keys: readonly string[];
  readonly port: number;
  readonly publicUrl: string;
}

async function start(options: InstancesOptions, { folder, keys, port, publicUrl }: Own): Promise<Instance> {
  const { machine, provider, upstream, storeUrl, preload } = options;
  const managementPort = await freePort();
  const management = `http://127.0.0.1:${managementPort}`;
  const config = path.join(folder, 'config.json');
  const content = {
    publicUrl,
    listen: { host: '127.0.0.1', port },
    management: { host: '127.0.0.1', port: managementPort },
    keys,
    store: { url: storeUrl },
    providers: [{ id: 'provider', ...provider, logout: { hint: 'id_token_hint' } }],
    routes: [{ prefix: upstream.prefix, upstream: upstream.origin }],
    // Counted as ever, and never reached: all callers have one address.
    limits: { login: unlimited, callback: unlimited, session: unlimited },
    log: { requests: false },
  };
  await writeFile(config, JSON.stringify(content));
  const { pid, close } = await startProgram({
    machine,
    place: 'server',
    name: `instance-${port}`,
    folder,
    command: process.execPath,
    args: [
      ...(preload === undefined ? [] : ['--import', pathToFileURL(preload).href]),
      program,
      'serve',
      '--config',
      config,
    ],
    environment: preload === undefined ? {} : { COUNT_STATEMENTS: 'yes' },
    readyUrl: `${management}${managementPaths.live}`,
  });
  return {
    pid,
    origin: `http://127.0.0.1:${port}`,
    async counter(series) {
      const { body } = await request(`${management}${managementPaths.metrics}`);
      const line = (await body.text()).split('\n').find((one) => one.startsWith(`${series} `));
      if (line === undefined) throw new Error(`the metrics have no ${series}`);
      return Number(line.slice(series.length + 1));
    },
    close,
  };
}
