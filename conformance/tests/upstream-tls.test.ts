import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import { type Certificate, makeCertificate } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** An API that speaks TLS and remembers what came. */
interface TlsApi {
  readonly url: string;
  readonly server: Server;
  readonly requests: { authorization: string | undefined; client: string | undefined }[];
}

let own: Certificate;
let other: Certificate;
let client: Certificate;
const apis: TlsApi[] = [];
let rig: Rig;

async function startApi({ key, cert }: Certificate, clients?: string): Promise<TlsApi> {
  const requests: TlsApi['requests'] = [];
  const mutual = clients === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: clients };
  const server = createServer({ key, cert, ...mutual }, (request, response) => {
    const { socket, headers } = request;
    const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
    requests.push({ authorization: headers.authorization, client: String(subject ?? '') });
    response.end('over TLS');
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  const api = { url: `https://127.0.0.1:${address.port}`, server, requests };
  apis.push(api);
  return api;
}

beforeAll(async () => {
  own = await makeCertificate();
  other = await makeCertificate(['other.test']);
  client = await makeCertificate(['the-bff']);
  const [selfSigned, trusted, misnamed, mutual, closed] = [
    await startApi(own),
    await startApi(own),
    await startApi(other),
    await startApi(own, client.cert),
    await startApi(own, client.cert),
  ];
  rig = await startRig({
    // Switched off for the whole process, as somebody in a hurry does.
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    routes: () => [
      { prefix: '/self-signed', upstream: selfSigned.url },
      { prefix: '/trusted', upstream: trusted.url, config: { ca: own.cert } },
      { prefix: '/too', upstream: trusted.url },
      { prefix: '/misnamed', upstream: misnamed.url, config: { ca: other.cert } },
      { prefix: '/wrong-ca', upstream: (closed ?? selfSigned).url, config: { ca: other.cert } },
      {
        prefix: '/mutual',
        upstream: mutual.url,
        config: { ca: own.cert, clientCertificate: { cert: client.cert, key: client.key } },
      },
    ],
  });
});
afterAll(async () => {
  await rig.close();
  for (const { server } of apis) server.close().closeAllConnections();
});

advisory(1, ['BFF-PROXY-02'], 'an API whose certificate nobody vouches for gets nothing', async () => {
  const jar = await rig.signedIn();
  for (const prefix of ['/self-signed', '/misnamed', '/wrong-ca']) {
    for (const init of [
      {},
      { method: 'POST', body: 'secret' },
      { headers: { accept: 'text/event-stream' } },
    ]) {
      const answer = await jar.fetch(`${prefix}/x`, init);
      expect([answer.status, answer.headers.get('coatcheck-problem')], prefix).toEqual([
        502,
        'upstream_unreachable',
      ]);
    }
  }
  expect(apis.flatMap(({ requests }, at) => (at === 1 || at === 3 ? [] : requests))).toEqual([]);
});

advisory(71, ['BFF-PROXY-02'], 'the configured authority and the client certificate are used', async () => {
  const jar = await rig.signedIn();
  for (const prefix of ['/trusted', '/too', '/mutual']) {
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const answer = await jar.fetch(`${prefix}/x`, { headers });
      expect([answer.status, await answer.text()], prefix).toEqual([200, 'over TLS']);
    }
  }
  const [, trusted, , mutual] = apis;
  expect(trusted?.requests.map((request) => request.client)).toEqual(['', '', '', '']);
  expect(mutual?.requests).toEqual([
    { authorization: expect.stringMatching(/^Bearer ey/), client: 'the-bff' },
    { authorization: expect.stringMatching(/^Bearer ey/), client: 'the-bff' },
  ]);
});

advisory(71, [], 'a certificate that cannot be used stops the start, and is not passed over', async () => {
  const pair = { cert: client.cert, key: client.key };
  const https = 'https://127.0.0.1:9';
  const wrong: [string, Record<string, unknown>, string][] = [
    [https, { ca: 'no certificate' }, 'ca'],
    [https, { ca: own.key }, 'ca'],
    [https, { clientCertificate: { ...pair, key: 'no key' } }, 'clientCertificate'],
    [https, { clientCertificate: { ...pair, cert: other.cert } }, 'clientCertificate'],
    [https, { ca: own.cert }, ''],
    [https, { ca: other.cert }, 'ca'],
    [https.replace('https', 'http'), { ca: own.cert }, 'ca'],
    [https.replace('https', 'http'), { clientCertificate: pair }, 'clientCertificate'],
  ];
  const routes = () => wrong.map(([upstream, config], at) => ({ prefix: `/r${at}`, upstream, config }));
  const failure = await startRig({ routes }).then(
    (started) => started.close(),
    (error: unknown) => error,
  );
  if (!(failure instanceof StartFailed)) throw new Error('it started');
  for (const [at, [, , name]] of wrong.entries()) {
    if (name !== '') expect(failure.output).toContain(`routes[${at}].${name}`);
    else expect(failure.output).not.toContain(`routes[${at}]`);
  }
  expect(failure.output).not.toContain('PRIVATE KEY');
});

advisory(8, ['BFF-PROXY-02'], 'two APIs whose addresses run into each other are never confused', async () => {
  // `/a` + `/1/1` and `/a1` + `/1` are the same text, and so are what stands behind them, for whoever keeps no border.
  const tied = await startRig({
    routes: ({ url }) => [
      { prefix: '/a', upstream: `${url}/1`, config: { keepPrefix: false } },
      { prefix: '/a1', upstream: url, config: { keepPrefix: false } },
      { prefix: '/b', upstream: url.replace('127.0.0.1', 'localhost'), config: { keepPrefix: false } },
    ],
  });
  try {
    const jar = await tied.signedIn();
    for (let round = 0; round < 50; round += 1) {
      for (const [asked, target] of [
        ['/a/1', '/1/1'],
        ['/a1/1', '/1'],
        ['/a1/1/1', '/1/1'],
        ['/b/1/1', '/1/1'],
      ]) {
        tied.upstream.clearRecords();
        await jar.fetch(asked ?? '');
        const host = `${asked?.startsWith('/b') ? 'localhost' : '127.0.0.1'}:${tied.upstream.port}`;
        const seen = tied.upstream.requests.map((request) => [request.headers.host, request.target]);
        expect(seen, asked).toEqual([[host, target]]);
      }
    }
  } finally {
    await tied.close();
  }
});
