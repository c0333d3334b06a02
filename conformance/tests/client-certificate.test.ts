import { X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { type Certificate, makeCertificate, startUpstream, type Upstream } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let folder: string;
let server: Certificate;
let client: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-certificates-'));
  server = await makeCertificate();
  client = await makeCertificate(['the-bff']);
  await writeFile(path.join(folder, 'server.pem'), server.cert);
  await writeFile(path.join(folder, 'client.pem'), client.cert);
  await writeFile(path.join(folder, 'client.key'), client.key, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As programs that renew certificates do: the new file takes the place of the old one. */
async function replace(name: string, text: string): Promise<void> {
  const draft = path.join(folder, `${name}.new`);
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path.join(folder, name));
}

describe.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)('%s', (method) => {
  let rig: Rig;
  let api: Upstream;
  /** Whether a certificate came with each call. */
  const shownToApi: boolean[] = [];

  beforeAll(async () => {
    // Everybody asks for a certificate, so that it shows who is given one.
    const tls = { ...server, clientCertificates: true };
    api = await startUpstream({ tls });
    api.on('*', 'always', ({ response }, next) => {
      const { socket } = response;
      shownToApi.push(socket instanceof TLSSocket && socket.getPeerX509Certificate() !== undefined);
      return next();
    });
    rig = await startRig({
      as: {
        tls,
        mtls: true,
        par: 'required',
        clientAuthentication: [method],
        client: { certificate: client.cert },
      },
      env: { NODE_EXTRA_CA_CERTS: path.join(folder, 'server.pem') },
      provider: {
        config: {
          clientAuthentication: method,
          clientSecret: undefined,
          userInfo: true,
          clientCertificate: {
            cert: { file: path.join(folder, 'client.pem') },
            key: { file: path.join(folder, 'client.key') },
          },
        },
      },
      routes: () => [{ prefix: '/api', upstream: api.url, config: { ca: server.cert } }],
    });
  });
  afterAll(async () => {
    await rig.close();
    await api.close();
  });

  requirement(
    ['BFF-CAUTH-01', 'BFF-CAUTH-03'],
    'the certificate goes to the aliases of the endpoints, and to nobody else',
    async () => {
      const jar = await rig.signedIn();
      await rig.advance(rig.as.settings.accessTokenLifetime + 60);
      expect((await rig.call(jar)).status).toBe(200);
      expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
      await expect.poll(() => rig.as.hits('revocation')).toBe(1);

      const main = new URL(rig.as.issuer).host;
      const asClient = (['par', 'token', 'userinfo', 'revocation'] as const).map((endpoint) => {
        const requests = rig.as.requestsOf(endpoint);
        expect(requests.length, endpoint).toBeGreaterThan(0);
        for (const { headers, certificate, form, client: proof } of requests) {
          expect(headers.host, endpoint).not.toBe(main);
          expect(certificate?.subject, endpoint).toContain('the-bff');
          expect(form.has('client_secret') || form.has('client_assertion')).toBe(false);
          if (endpoint === 'userinfo') continue;
          expect(headers.authorization).toBeUndefined();
          expect(proof).toMatchObject({ method, clientId: rig.as.client.clientId });
        }
        return requests.length;
      });
      expect(asClient).toEqual([1, 2, 1, 1]);

      for (const endpoint of ['discovery', 'jwks'] as const) {
        const requests = rig.as.requestsOf(endpoint);
        expect(requests.length, endpoint).toBeGreaterThan(0);
        for (const { headers, certificate } of requests) {
          expect(headers.host).toBe(main);
          expect(certificate, endpoint).toBeUndefined();
        }
      }
      expect(shownToApi).toEqual([false]);
    },
  );

  requirement(
    'BFF-CAUTH-03',
    'a renewed certificate is in use without a restart, a broken one never',
    async () => {
      const renewed = await makeCertificate(['the-bff']);
      await replace('client.pem', renewed.cert);
      await replace('client.key', renewed.key);
      await expect.poll(() => rig.bff.log()).toContain('the renewed client certificate is in use');
      rig.as.client.certificate = renewed.cert;
      const shown = () => rig.as.requestsOf('token').at(-1)?.certificate?.fingerprint256;
      const expected = new X509Certificate(renewed.cert).fingerprint256;
      await rig.signIn(rig.jar());
      expect(shown()).toBe(expected);

      rig.as.clearRecords();
      await replace('client.key', 'no key');
      await expect.poll(() => rig.bff.log()).toContain('the renewed client certificate cannot be used');
      await rig.signIn(rig.jar());
      expect(shown()).toBe(expected);
      await replace('client.pem', client.cert);
      await replace('client.key', client.key);
    },
  );

  requirement('BFF-CAUTH-03', 'no part of the private key is in the log', () => {
    const body = client.key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    for (const line of body) expect(rig.bff.log()).not.toContain(line);
  });
});
