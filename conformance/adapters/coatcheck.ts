import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cookieNames, managementPaths, pathsUnder } from '@coatcheck/protocol';
import { createJar } from '@coatcheck/testing';
import { type Adapter, type Bff, type LoginOptions, StartFailed, type Wanted } from './adapter.ts';
import { type Child, startChild } from './child.ts';
import { coatcheckConfig } from './coatcheck-config.ts';
import { type Balancer, freePort, startBalancer } from './network.ts';
import { openStore } from './store/open.ts';

const program = path.join(import.meta.dirname, '../../apps/bff/src/cli/main.ts');
const paths = pathsUnder();
const names = cookieNames();
const patience = 20_000;
const run = promisify(execFile);

/** The standalone server `coatcheck`, as the command line starts it. */
export const coatcheck: Adapter = { name: 'coatcheck', start };

export default coatcheck;

/** One process with its ports and its configuration file. */
interface Instance {
  readonly port: number;
  readonly managementPort: number;
  readonly configFile: string;
  child: Child | undefined;
}

async function start(first: Wanted): Promise<Bff> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-conformance-'));
  const store = await openStore(folder, first.storeCanFail ?? false);
  const instances: Instance[] = [];
  let wanted: Wanted = { ...first, keys: first.keys ?? [randomBytes(32).toString('base64url')] };
  let ahead = 0;
  let log = '';
  let balancer: Balancer | undefined;
  /** Holds the keys, one a line, from the first rotation on. */
  let keyFile: string | undefined;

  for (let index = 0; index < (first.instances ?? 1); index += 1) {
    const [port, managementPort] = [await freePort(), await freePort()];
    const configFile = path.join(folder, `config-${index}.json`);
    instances.push({ port, managementPort, configFile, child: undefined });
  }
  if (instances.length > 1) balancer = await startBalancer(instances.map(({ port }) => port));
  const url = `http://localhost:${balancer?.port ?? instances[0]?.port}`;
  const managementUrls = instances.map(({ managementPort }) => `http://localhost:${managementPort}`);
  const managementUrl = managementUrls[0] ?? '';

  const startOne = async (instance: Instance) => {
    const { port, managementPort, configFile } = instance;
    const config = {
      ...coatcheckConfig(wanted, { publicUrl: url, store: store.url, port, managementPort }),
      ...(keyFile === undefined ? {} : { keys: [{ file: keyFile }] }),
    };
    await writeFile(configFile, JSON.stringify(config, null, 2));
    let output = '';
    const child = startChild([program, 'serve', '--config', configFile], wanted.env ?? {}, ahead, (text) => {
      output += text;
      log += text;
    });
    instance.child = child;
    await untilAlive(child, managementPort, () => output);
  };
  const some = (index: number | undefined) =>
    index === undefined ? instances : instances.slice(index, index + 1);
  const end = async (signal: NodeJS.Signals, index: number | undefined) => {
    const children = some(index).flatMap(({ child }) => child ?? []);
    for (const child of children) child.signal(signal);
    await Promise.all(children.map((child) => child.ended));
  };
  const close = async () => {
    await end('SIGKILL', undefined);
    await balancer?.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await Promise.all(instances.map(startOne));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    managementUrl,
    managementUrls,
    paths: {
      ...paths,
      callback: (provider) => `${paths.callback}/${provider}`,
      connection: (provider) => `${paths.connections}/${provider}`,
      backchannelLogout: (provider) => `${paths.backchannelLogout}/${provider}`,
    },
    cookies: { ticket: names.ticket, prefix: names.ticket, loginPrefix: names.loginPrefix },
    jar: (from) => createJar(url, { clock: () => Date.now() + ahead }, from ? livingCookies(from) : []),
    loginPath,
    log: () => log,
    get pids() {
      return instances.map(({ child }) => child?.pid ?? -1);
    },
    get exitCodes() {
      return instances.map(({ child }) => child?.exitCode);
    },
    ports: instances.map(({ port }) => port),
    store,
    pin: (instance) => balancer?.pin(instance),
    stop: (instance) => end('SIGTERM', instance),
    kill: (instance) => end('SIGKILL', instance),
    async restart(change = {}, instance = undefined) {
      wanted = { ...wanted, ...change };
      if (change.keys) keyFile = undefined;
      await end('SIGTERM', instance);
      await Promise.all(some(instance).map(startOne));
    },
    async rotateKeys(step) {
      if (keyFile === undefined) {
        keyFile = path.join(folder, 'keys');
        await writeFile(keyFile, `${wanted.keys?.join('\n')}\n`, { mode: 0o600 });
      }
      const args = ['keys', 'rotate', ...(step === 'activate' ? ['--activate'] : []), keyFile];
      await run(process.execPath, [program, ...args]);
    },
    async advance(milliseconds) {
      ahead += milliseconds;
      await Promise.all(instances.map(({ child }) => child?.setClock(ahead)));
    },
    async endSubject(issuer, subject) {
      const answer = await fetch(`${managementUrl}${managementPaths.subjectSessions}`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ issuer, subject }),
      });
      if (!answer.ok) throw new Error(`the administration answered ${answer.status}`);
    },
    close,
  };
}

/** Waits until the management port answers, which opens last. */
async function untilAlive(child: Child, managementPort: number, output: () => string): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    if (child.exitCode !== undefined) throw new StartFailed(child.exitCode, output());
    const alive = await fetch(`http://localhost:${managementPort}${managementPaths.live}`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive) return;
    if (performance.now() > deadline) {
      child.signal('SIGKILL');
      throw new Error(`coatcheck did not answer within ${patience / 1_000} s:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function loginPath({ returnTo, provider, more = {} }: LoginOptions = {}): string {
  const query = new URLSearchParams({
    ...(returnTo === undefined ? {} : { return_to: returnTo }),
    ...(provider === undefined ? {} : { provider }),
    ...more,
  });
  return query.size === 0 ? paths.login : `${paths.login}?${query}`;
}

function livingCookies(jar: ReturnType<Bff['jar']>) {
  return [...jar.clone().cookies.values()];
}
