import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { type Certificate, makeCertificate } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../src/options/settings.ts';
import { fetchAsClient } from '../src/provider/client-certificate.ts';
import { failureOf, type ProviderFailure } from '../src/provider/failure.ts';

let server: Server;
let own: Certificate;
let client: Certificate;
let asClient: ReturnType<typeof fetchAsClient>;
const trusted = getCACertificates('default');

function plainFetch(): never {
  throw new Error('the plain fetch was used');
}

function clientFetch(provider: Record<string, unknown> = {}): ReturnType<typeof fetchAsClient> {
  const [settings] = parseOptions({
    publicUrl: 'https://app.example',
    keys: ['X3Vw6mN0pQ2rS4tU6vW8xY0zA1bC3dE5fG7hI9jK-Lk'],
    store: { url: 'memory:' },
    providers: [
      {
        id: 'main',
        issuer: 'https://id.example',
        clientId: 'c',
        clientAuthentication: 'self_signed_tls_client_auth',
        clientCertificate: client,
        requestTimeout: '1s',
        ...provider,
      },
    ],
  }).providers;
  if (settings === undefined) throw new Error('no provider');
  return fetchAsClient(settings, plainFetch);
}

beforeAll(async () => {
  own = await makeCertificate();
  client = await makeCertificate(['the-bff']);
  server = createServer(
    { ...own, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      if (request.url === '/never') return;
      if (request.url === '/moved') {
        response.writeHead(307, { location: 'https://elsewhere.example/' }).end();
        return;
      }
      let body = '';
      for await (const part of request) body += String(part);
      const { socket, headers, method } = request;
      const subject = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subject : undefined;
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify({ subject, method, body, type: headers['content-type'] }));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setDefaultCACertificates([...trusted, own.cert]);
  asClient = clientFetch();
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  server.closeAllConnections();
  server.close();
});

const urlOf = (path: string) => `https://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const post = { method: 'POST', redirect: 'manual' } as const;

async function failureAt(url: string, fetch = asClient): Promise<ProviderFailure> {
  return fetch(url, { ...post, body: 'a=b', headers: {} }).then(
    (answer) => {
      throw new Error(`it answered ${answer.status}`);
    },
    (error: unknown) => failureOf(error),
  );
}

describe('a request with a client certificate', () => {
  it('BFF-CAUTH-03: shows it, and is otherwise like any', async () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token' });
    const answer = await asClient(urlOf('/token'), {
      ...post,
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({
      subject: expect.stringContaining('the-bff'),
      method: 'POST',
      body: 'grant_type=refresh_token',
      type: 'application/x-www-form-urlencoded',
    });
  });

  it('is not sent over http, where nobody sees a certificate', async () => {
    const plain = createHttpServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await failureAt(`http://127.0.0.1:${port}/token`)).toMatchObject({ kind: 'misconfigured' });
    plain.close();
  });

  it('follows no redirect', async () => {
    expect(await failureAt(urlOf('/moved'))).toMatchObject({ kind: 'invalid_response' });
  });

  it('ends when the time is over, and may have been carried out', async () => {
    expect(await failureAt(urlOf('/never'))).toMatchObject({ kind: 'unavailable', answerLost: true });
  });

  it('was never sent where nobody listens', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const failure = await failureAt(`https://127.0.0.1:${port}/token`);
    expect(failure).toMatchObject({ kind: 'unavailable', answerLost: false });
  });

  it('was never sent to a server whose certificate nobody vouches for, whatever the environment says', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    setDefaultCACertificates(trusted);
    const failure = await failureAt(urlOf('/token'));
    setDefaultCACertificates([...trusted, own.cert]);
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    expect(failure).toMatchObject({ kind: 'unavailable', answerLost: false });
  });

  it('goes the plain way where the provider has no certificate of ours', () => {
    const plain = clientFetch({
      clientCertificate: undefined,
      clientAuthentication: 'client_secret_post',
      clientSecret: 's',
    });
    expect(() => plain(urlOf('/token'), { ...post, body: null, headers: {} })).toThrow('the plain fetch');
  });
});
