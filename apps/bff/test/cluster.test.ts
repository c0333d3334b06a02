import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate, rawRequest, startUpstream } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ownFolder } from './command.ts';
import { type Line, patience, startTwo } from './two-workers.ts';

/** Where nothing listens. */
const nobody = 'http://127.0.0.1:1';

describe('two workers', () => {
  let two: Awaited<ReturnType<typeof startTwo>>;
  beforeAll(async () => {
    const folder = ownFolder();
    const { cert, key } = await makeCertificate();
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const tls = { cert: 'cert.pem', key: 'key.pem' };
    const routes = [
      { prefix: '/gone', upstream: nobody, session: 'none', circuitBreaker: { failures: 1, openFor: '1h' } },
    ];
    two = await startTwo({ publicUrl: 'https://app.example', tls, routes }, folder);
  }, patience);
  afterAll(() => void two.child.kill('SIGKILL'));

  /** A call, on a connection of its own, of a page that is not there. */
  const call = (target = '/nothing') =>
    rawRequest({
      host: 'localhost',
      port: two.port,
      tls: true,
      lines: [
        `GET ${target} HTTP/1.1`,
        'Host: app.example',
        'Sec-Fetch-Site: same-origin',
        'Connection: close',
        '',
        '',
      ],
    });

  async function ready(): Promise<unknown> {
    const answer = await fetch(`${two.management}/readyz`);
    return { status: answer.status, ...Object(await answer.json()) };
  }

  async function counted(): Promise<number> {
    const text = await (await fetch(`${two.management}/metrics`)).text();
    return Number(/^coatcheck_requests_refused_total\{code="unknown_host"\} (\d+)$/m.exec(text)?.[1]);
  }

  it('serve on one port over TLS, both, and every line names its worker', async () => {
    const statuses = await Promise.all(Array.from({ length: 8 }, () => call()));
    expect(statuses.map(({ status }) => status)).toEqual(Array(8).fill(404));
    const requests = () => two.lines().filter(({ msg }) => msg === 'incoming request');
    await expect.poll(requests).toHaveLength(8);
    expect(new Set(requests().map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    expect(new Set(requests().map(({ pid }) => pid)).size).toBe(2);
  });

  it('tell of an upstream that fails for one of them', async () => {
    expect(await ready()).toMatchObject({ upstreams: { '/gone': { [nobody]: 'up' } } });
    expect((await call('/gone/x')).status).toBe(503);
    expect(await ready()).toMatchObject({ status: 200, upstreams: { '/gone': { [nobody]: 'open' } } });
  });

  it('have one management port, which sums what they count', async () => {
    expect(await ready()).toMatchObject({ status: 200, ready: true, workers: { wanted: 2, ready: 2 } });
    const before = await counted();
    const refused = await Promise.all(
      Array.from({ length: 6 }, () =>
        rawRequest({
          host: 'localhost',
          port: two.port,
          tls: true,
          lines: ['GET / HTTP/1.1', 'Host: evil.example', '', ''],
        }),
      ),
    );
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(421));
    const refusals = () => two.lines().filter(({ event }) => event === 'request.refused');
    await expect.poll(() => new Set(refusals().map(({ worker }) => worker)).size).toBe(2);
    expect(await counted()).toBe(before + 6);
    const removed = await fetch(`${two.management}/subjects/sessions`, {
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
      const [first = 0] = [two.pids().get(1)];
      process.kill(first, 'SIGKILL');
      await expect.poll(() => two.lines().some(({ event }) => event === 'worker.ended')).toBe(true);
      // The other one goes on, and takes all that comes.
      expect((await call()).status).toBe(404);
      expect(await ready()).toMatchObject({ status: 200, ready: true });
      expect(await counted()).toBe(before);
      await expect
        .poll(() => ready(), { timeout: patience })
        .toMatchObject({ workers: { wanted: 2, ready: 2 } });
      expect(two.pids().get(1)).not.toBe(first);
      expect(await (await fetch(`${two.management}/metrics`)).text()).toContain(
        'coatcheck_workers_replaced_total 1\n',
      );
    },
    patience,
  );

  it('end on a SIGTERM that reaches all processes, in order and once', async () => {
    const ended = once(two.child, 'close');
    for (const pid of [...two.pids().values(), two.child.pid ?? 0]) process.kill(pid, 'SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(two.log()).not.toContain('second SIGTERM');
  });
});

describe('calls under way', () => {
  /** A call that waits at the API, and which worker has it. */
  async function startCall() {
    const upstream = await startUpstream();
    const routes = [{ prefix: '/api', upstream: upstream.url, session: 'none' }];
    const two = await startTwo({ publicUrl: 'http://localhost:9', routes });
    onTestFinished(async () => {
      two.child.kill('SIGKILL');
      await upstream.close();
    });
    const gate = upstream.hold('*');
    const call = rawRequest({
      host: 'localhost',
      port: two.port,
      lines: ['GET /api/slow HTTP/1.1', 'Host: localhost:9', 'Sec-Fetch-Site: same-origin', '', ''],
    });
    await gate.arrived;
    const path = (line: Line) => JSON.stringify(line.req ?? '').includes('/api/slow');
    await expect.poll(() => two.lines().some(path)).toBe(true);
    return { ...two, gate, call, worker: two.lines().find(path)?.worker ?? 0 };
  }

  it(
    'come to their end where a worker is told to stop, and another takes its place',
    async () => {
      const { gate, call, worker, pids, lines } = await startCall();
      process.kill(pids().get(worker) ?? 0, 'SIGTERM');
      gate.release();
      expect((await call).status).toBe(200);
      const replaced = () => lines().find(({ event }) => event === 'worker.replaced');
      await expect.poll(replaced, { timeout: patience }).toMatchObject({ started: worker });
      expect(lines().find(({ event }) => event === 'worker.ended')).toMatchObject({ code: 0, signal: null });
    },
    patience,
  );

  it(
    'come to their end where the primary is gone, and no worker is left then',
    async () => {
      const { child, gate, call, pids } = await startCall();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      gate.release();
      expect((await call).status).toBe(200);
      for (const pid of pids().values())
        await expect.poll(() => lives(pid), { timeout: patience }).toBe(false);
    },
    patience,
  );
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
