import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { type Certificate, makeCertificate } from '@coatcheck/testing';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import resourceServer, { type MtlsOptions, type ResourceServerOptions } from '../src/index.ts';
import { buildApi } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  portOf,
  startAuthorizationServer,
} from './support/authorization-server.ts';
import { makeKeyHolder } from './support/proofs.ts';
import { overTheWire } from './support/wire.ts';

let idp: AuthorizationServer;
let server: Certificate;
let holder: Certificate;
let thief: Certificate;
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  idp = await startAuthorizationServer();
  [server, holder, thief] = await Promise.all([
    makeCertificate(),
    makeCertificate(['client.test']),
    makeCertificate(['thief.test']),
  ]);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});
afterAll(() => idp.close());

const derOf = ({ cert }: Certificate) => new X509Certificate(cert).raw;

function boundToken(to: Certificate, claims: Record<string, unknown> = {}): Promise<string> {
  const thumbprint = createHash('sha256').update(derOf(to)).digest('base64url');
  return idp.sign({ ...idp.claims(), cnf: { 'x5t#S256': thumbprint }, ...claims });
}

describe('BFF-RS-07: a token bound to a certificate comes over a connection with it (RFC 8705 §3)', () => {
  const startTls = async (options: Partial<ResourceServerOptions> = {}) => {
    const https = { ...server, requestCert: true, rejectUnauthorized: false };
    const app = Fastify({ https });
    apps.push(app);
    await app.register(resourceServer, { issuer: idp.issuer, audience, mtls: 'allowed', ...options });
    app.get('/any', ({ principal }) => principal);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return portOf(app.server.address());
  };

  const callTls = (port: number, token: string, certificate?: Certificate, headers = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const authorization = `Bearer ${token}`;
      const connection = { host: '127.0.0.1', port, ca: server.cert, agent: false };
      request(
        { ...connection, ...certificate, path: '/any', headers: { authorization, ...headers } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });

  it('the right certificate: 200; another one or none: 401', async () => {
    const port = await startTls();
    const token = await boundToken(holder);
    expect(await callTls(port, token, holder)).toBe(200);
    expect(await callTls(port, token, thief)).toBe(401);
    expect(await callTls(port, token)).toBe(401);
  });

  it('a header that names the right certificate is not believed', async () => {
    const port = await startTls();
    const headers = { 'client-cert': `:${derOf(holder).toString('base64')}:` };
    expect(await callTls(port, await boundToken(holder), thief, headers)).toBe(401);
  });

  it.each([
    ['in hexadecimal', (right: string) => Buffer.from(right, 'base64url').toString('hex')],
    ['in base64', (right: string) => Buffer.from(right, 'base64url').toString('base64')],
    ['cut short', (right: string) => right.slice(0, -1)],
    ['empty', () => ''],
    ['a list', (right: string) => [right]],
  ])('a thumbprint that is %s: 401', async (_, spell) => {
    const port = await startTls();
    const right = createHash('sha256').update(derOf(holder)).digest('base64url');
    const token = await boundToken(holder, { cnf: { 'x5t#S256': spell(right) } });
    expect(await callTls(port, token, holder)).toBe(401);
  });

  it('a token that is bound to nothing: 200 where it is allowed, 401 where a binding is required', async () => {
    const token = await idp.sign(idp.claims());
    expect(await callTls(await startTls(), token, holder)).toBe(200);
    const strict = await startTls({ mtls: 'required' });
    expect(await callTls(strict, token, holder)).toBe(401);
    expect(await callTls(strict, await boundToken(holder), holder)).toBe(200);
  });

  it('a token bound to a certificate and to a DPoP key needs both', async () => {
    const { thumbprint, proof } = await makeKeyHolder();
    const port = await startTls({ dpop: 'allowed' });
    const bound = await boundToken(holder);
    const { cnf } = JSON.parse(Buffer.from(bound.split('.')[1] ?? '', 'base64url').toString());
    const token = await boundToken(holder, { cnf: { ...cnf, jkt: thumbprint } });
    const uri = `https://127.0.0.1:${port}/any`;
    const headers = async () => ({ authorization: `DPoP ${token}`, dpop: await proof({ token, uri }) });
    expect(await callTls(port, token, holder, await headers())).toBe(200);
    expect(await callTls(port, token, thief, await headers())).toBe(401);
    expect(await callTls(port, token, holder, { authorization: `DPoP ${token}` })).toBe(401);
    expect(await callTls(port, token, holder)).toBe(401);
  });
});

describe('BFF-RS-07: the certificate that a trusted proxy saw', () => {
  const startBehind = async (mtls: MtlsOptions | 'allowed') => {
    const { app } = await buildApi({ issuer: idp.issuer, audience, mtls });
    apps.push(app);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return async (...headers: string[]) => {
      const authorization = ['Authorization', `Bearer ${await boundToken(holder)}`];
      return (await overTheWire(app, [...authorization, ...headers])).status;
    };
  };
  const trusted = { header: 'Client-Cert', trustedProxies: ['10.0.0.0/8', '127.0.0.1'] };
  const rfc9440 = (certificate: Certificate) => `:${derOf(certificate).toString('base64')}:`;

  it('in a header as RFC 9440 has it, or as PEM with percent-encoding', async () => {
    const call = await startBehind(trusted);
    expect(await call('client-cert', rfc9440(holder))).toBe(200);
    expect(await call('Client-Cert', encodeURIComponent(holder.cert))).toBe(200);
    expect(await call('Client-Cert', rfc9440(thief))).toBe(401);
    expect(await call('X-Client-Cert', rfc9440(holder))).toBe(401);
    expect(await call()).toBe(401);
  });

  it.each([
    ['empty', ''],
    ['two empty colons', '::'],
    ['no base64', ':?:'],
    ['base64 of something else', `:${Buffer.from('x'.repeat(400)).toString('base64')}:`],
    ['broken percent-encoding', '%E0%A4%A'],
    ['a thumbprint', 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2'],
  ])('a header that is %s: 401', async (_, value) => {
    const call = await startBehind(trusted);
    expect(await call('Client-Cert', value)).toBe(401);
  });

  it('two such headers: 401, whichever is right', async () => {
    const call = await startBehind(trusted);
    expect(await call('Client-Cert', rfc9440(holder), 'Client-Cert', rfc9440(thief))).toBe(401);
    expect(await call('Client-Cert', rfc9440(thief), 'client-cert', rfc9440(holder))).toBe(401);
  });

  it('from anybody else, or where no proxy is configured: 401', async () => {
    const elsewhere = await startBehind({ header: 'Client-Cert', trustedProxies: ['10.0.0.7', 'fd00::/8'] });
    expect(await elsewhere('Client-Cert', rfc9440(holder))).toBe(401);
    expect(await (await startBehind('allowed'))('Client-Cert', rfc9440(holder))).toBe(401);
  });
});
