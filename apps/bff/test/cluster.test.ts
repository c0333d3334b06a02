import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeCertificate, rawRequest } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { configFile, ownFolder, run, start, workingConfig } from './command.ts';

const patience = 60_000;

/** One line of the log. */
interface Line {
  readonly pid: number;
  readonly worker?: number;
  readonly event?: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

function shared(over: object = {}): Record<string, unknown> {
  return { ...workingConfig(), store: { url: 'sqlite:sessions.db' }, workers: 2, ...over };
}

describe('a start with several workers', () => {
  it.each([2, 'auto'])('refuses a memory store with workers: %s', async (workers) => {
    const result = await run(['serve', '--config', configFile({ ...workingConfig(), workers })]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(
      /^The configuration cannot be used:\n {2}workers: .*store\.url \(memory:\).*sqlite:.*\n$/,
    );
    expect(result.stdout).toBe('');
  });

  it('takes the number from the environment', () => {
    const withStore = configFile({ ...workingConfig(), store: { url: 'sqlite:sessions.db' } });
    expect(loadConfig(withStore, { COATCHECK_WORKERS: '4' }).workers).toBe(4);
    expect(loadConfig(withStore, { COATCHECK_WORKERS: 'auto' }).workers).toBe('auto');
    expect(() => loadConfig(withStore, { COATCHECK_WORKERS: 'some' })).toThrow(/ {2}workers: must be/);
    expect(() => loadConfig(withStore, { COATCHECK_WORKERS: '0' })).toThrow(/ {2}workers: must be/);
    expect(() => loadConfig(configFile(workingConfig()), { COATCHECK_WORKERS: '4' })).toThrow('workers: (4)');
  });

  it(
    'tells once what no worker can start with, and ends',
    async () => {
      const config = configFile(shared({ spa: { directory: 'nowhere' } }));
      const result = await run(['serve', '--config', config]);
      expect(result.code).toBe(2);
      expect(result.stderr.match(/spa\.directory: holds no index\.html/g)).toHaveLength(1);
      expect(result.stderr).not.toContain('    at ');
    },
    patience,
  );

  it(
    'names a port that is taken, that of the management too',
    async () => {
      const other = createServer().listen(0, 'localhost');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      for (const key of ['listen', 'management']) {
        const result = await run(['serve', '--config', configFile(shared({ [key]: { port } }))]);
        expect(result.code).toBe(2);
        expect(result.stderr).toBe(
          `Port ${port} on localhost is taken by another program. Set ${key}.port to a free one.\n`,
        );
      }
      other.close();
    },
    patience,
  );
});

describe('two workers', () => {
  let child: ChildProcess;
  let log = '';
  let port = 0;
  let management = '';
  beforeAll(async () => {
    const folder = ownFolder();
    const { cert, key } = await makeCertificate();
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const tls = { cert: 'cert.pem', key: 'key.pem' };
    child = start([
      'serve',
      '--config',
      configFile(shared({ publicUrl: 'https://app.example', tls }), folder),
    ]);
    await new Promise<void>((resolve, reject) => {
      for (const output of [child.stdout, child.stderr])
        output?.on('data', (part) => {
          log += String(part);
          if (log.includes('"event":"ready"')) resolve();
        });
      child.once('exit', () => reject(new Error(log)));
    });
    management = String(lines().find(({ event }) => event === 'ready')?.management);
    port = Number(/"worker":1,.*listening at https:[^"]*:(\d+)"/.exec(log)?.[1]);
  }, patience);
  afterAll(() => void child.kill('SIGKILL'));

  function lines(): Line[] {
    return log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  }

  /** A call, on a connection of its own, of a page that is not there. */
  const call = () =>
    rawRequest({
      host: 'localhost',
      port,
      tls: true,
      lines: ['GET /nothing HTTP/1.1', 'Host: app.example', 'Connection: close', '', ''],
    });

  const pids = () =>
    new Map(lines().flatMap(({ worker, pid }) => (worker === undefined ? [] : [[worker, pid] as const])));

  async function ready(): Promise<unknown> {
    const answer = await fetch(`${management}/readyz`);
    return { status: answer.status, ...Object(await answer.json()) };
  }

  async function counted(): Promise<number> {
    const text = await (await fetch(`${management}/metrics`)).text();
    return Number(/^coatcheck_requests_refused_total\{code="unknown_host"\} (\d+)$/m.exec(text)?.[1]);
  }

  it('serve on one port over TLS, both, and every line names its worker', async () => {
    const statuses = await Promise.all(Array.from({ length: 8 }, call));
    expect(statuses.map(({ status }) => status)).toEqual(Array(8).fill(404));
    const requests = () => lines().filter(({ msg }) => msg === 'incoming request');
    await expect.poll(requests).toHaveLength(8);
    expect(new Set(requests().map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    expect(new Set(requests().map(({ pid }) => pid)).size).toBe(2);
  });

  it('have one management port, which sums what they count', async () => {
    expect(await ready()).toMatchObject({ status: 200, ready: true, workers: { wanted: 2, ready: 2 } });
    const before = await counted();
    const refused = await Promise.all(
      Array.from({ length: 6 }, () =>
        rawRequest({
          host: 'localhost',
          port,
          tls: true,
          lines: ['GET / HTTP/1.1', 'Host: evil.example', '', ''],
        }),
      ),
    );
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(421));
    const refusals = () => lines().filter(({ event }) => event === 'request.refused');
    await expect.poll(() => new Set(refusals().map(({ worker }) => worker)).size).toBe(2);
    expect(await counted()).toBe(before + 6);
    const removed = await fetch(`${management}/subjects/sessions`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ issuer: 'http://127.0.0.1:1', subject: 'nobody' }),
    });
    expect(await removed.json()).toEqual({ ended: 0 });
  });

  it(
    'are two again after one was killed, and forget nothing that was counted',
    async () => {
      const before = await counted();
      const [first = 0] = [pids().get(1)];
      process.kill(first, 'SIGKILL');
      await expect.poll(() => lines().some(({ event }) => event === 'worker.ended')).toBe(true);
      // The other one goes on, and takes all that comes.
      expect((await call()).status).toBe(404);
      expect(await ready()).toMatchObject({ status: 200, ready: true });
      expect(await counted()).toBe(before);
      await expect
        .poll(() => ready(), { timeout: patience })
        .toMatchObject({ workers: { wanted: 2, ready: 2 } });
      expect(pids().get(1)).not.toBe(first);
      expect(await (await fetch(`${management}/metrics`)).text()).toContain(
        'coatcheck_workers_replaced_total 1\n',
      );
    },
    patience,
  );

  it('end on a SIGTERM that reaches all processes, in order and once', async () => {
    const ended = once(child, 'close');
    for (const pid of [...pids().values(), child.pid ?? 0]) process.kill(pid, 'SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(log).not.toContain('second SIGTERM');
  });
});
