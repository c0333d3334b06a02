import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { createDispatchers } from '../../src/proxy/dispatchers.ts';
import { fetchRaw, listen, startFront, startUpstream, until } from './rig.ts';

const limits = { connections: 2, waiting: 10, streams: 2, connectTimeout: 5_000 };

async function startTlsUpstream(altName: { type: 2; value: string } | { type: 7; ip: string }) {
  const made = await generate([{ name: 'commonName', value: 'upstream.test' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [altName] },
    ],
  });
  const hits: (string | undefined)[] = [];
  const server = https.createServer({ key: made.private, cert: made.cert }, (request, response) => {
    hits.push(request.headers.authorization);
    response.end('over TLS');
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, ca: made.cert, hits, origin: `https://127.0.0.1:${port}` };
}

const here = { type: 7, ip: '127.0.0.1' } as const;

test('CVE-2026-107318 an upstream with a certificate of its own is never spoken to', async () => {
  const { port, hits, origin } = await startTlsUpstream(here);
  const front = await startFront(port, { upstream: { origin } });
  expect(await fetchRaw(front.port, '/')).toMatchObject({
    status: 502,
    headers: { 'coatcheck-problem': 'upstream_unreachable' },
  });
  expect(hits).toEqual([]);
});

test('not even where the environment switches verification off', async () => {
  const { port, hits, origin } = await startTlsUpstream(here);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });
  const front = await startFront(port, { upstream: { origin } });
  expect((await fetchRaw(front.port, '/')).status).toBe(502);
  expect(hits).toEqual([]);
});

test('GHSA-hwqh-2684-54fc the configured authority is the one that counts', async () => {
  const { port, ca, hits, origin } = await startTlsUpstream(here);
  const front = await startFront(port, { upstream: { origin, ca } });
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetchRaw(front.port, '/')));
  expect(answers.map((answer) => answer.body.toString())).toEqual(Array(5).fill('over TLS'));
  expect(hits).toHaveLength(5);
});

test('a certificate for another name is refused', async () => {
  const { port, ca, hits, origin } = await startTlsUpstream({ type: 2, value: 'other.test' });
  const front = await startFront(port, { upstream: { origin, ca } });
  expect((await fetchRaw(front.port, '/')).status).toBe(502);
  expect(hits).toEqual([]);
});

test('CVE-2026-16158 two upstreams are never confused', async () => {
  const [a, b] = await Promise.all([
    startUpstream((_, response) => response.end('a')),
    startUpstream((_, response) => response.end('b')),
  ]);
  const dispatchers = createDispatchers(
    [a, b].map(({ port }) => ({ ...limits, origin: `http://127.0.0.1:${port}` })),
  );
  onTestFinished(() => dispatchers.destroy());
  const [first, second] = [a, b].map(({ port }) => dispatchers.upstream(`http://127.0.0.1:${port}`));
  expect(first?.origin).not.toBe(second?.origin);
  expect(first?.calls.dispatcher).not.toBe(second?.calls.dispatcher);
  expect(first?.calls.dispatcher).not.toBe(first?.streams.dispatcher);
});

test('RFC 10017 §6.1.3.6 there is no way to an origin that was not configured', () => {
  const dispatchers = createDispatchers([{ ...limits, origin: 'http://127.0.0.1:9' }]);
  onTestFinished(() => dispatchers.destroy());
  expect(() => dispatchers.upstream('http://evil.example')).toThrow('not configured');
  expect(() =>
    createDispatchers([
      { ...limits, origin: 'http://a' },
      { ...limits, origin: 'http://a' },
    ]),
  ).toThrow('twice');
});

test('closing waits for calls and cuts streams', async () => {
  const running: http.ServerResponse[] = [];
  const { port } = await startUpstream((_, response) => {
    response.write('part');
    running.push(response);
  });
  const fronts = [await startFront(port), await startFront(port, { lane: 'streams' })];
  const parts: string[] = [];
  const ends = fronts.map(async (front) => {
    const request = http.get({ host: '127.0.0.1', port: front.port, agent: false });
    const [response] = await once(request, 'response');
    response.on('data', (chunk: Buffer) => parts.push(chunk.toString()));
    response.on('error', () => {});
    await new Promise((resolve) => response.on('close', resolve));
    return response.complete;
  });
  await until(() => expect(parts).toHaveLength(2));
  const closed = fronts.map((front) => front.close());
  await closed[1];
  expect(await ends[1]).toBe(false);
  expect(fronts[0]?.outcomes).toEqual([]);
  for (const response of running) response.end();
  await closed[0];
  expect(await ends[0]).toBe(true);
});
