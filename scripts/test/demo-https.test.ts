import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { localCertificate } from '../demo/certificate.ts';
import { startDemoIn } from '../demo/start.ts';
import { fakeWorkspace } from './fake-workspace.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'demo-https-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const now = new Date();

test('the certificate serves localhost, its shop names and 127.0.0.1, and only this user can read the key', async () => {
  const { cert, key } = await localCertificate(dataDir, now);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(statSync(cert).mode & 0o777).toBe(0o600);
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) =>
    response.end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const call = (name: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        ca: readFileSync(cert),
        headers: { host: name },
        agent: false,
      };
      const servername = name === '127.0.0.1' ? '' : name;
      get({ ...options, servername }, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
  for (const name of ['localhost', 'app.shop.localhost', '127.0.0.1']) expect(await call(name)).toBe(200);
  await expect(call('evil.localhost')).rejects.toThrow();
  server.close();
});

test('a certificate is kept while it is good and made again when it is not', async () => {
  const first = readFileSync((await localCertificate(dataDir, now)).cert, 'utf8');
  expect(readFileSync((await localCertificate(dataDir, now)).cert, 'utf8')).toBe(first);

  const inAYear = new Date(now.getTime() + 360 * 24 * 60 * 60 * 1000);
  const second = readFileSync((await localCertificate(dataDir, inAYear)).cert, 'utf8');
  expect(second).not.toBe(first);

  const { key } = await localCertificate(dataDir, inAYear);
  writeFileSync(key, 'damaged');
  expect(readFileSync((await localCertificate(dataDir, inAYear)).cert, 'utf8')).not.toBe(second);
});

test('demo --https gives the BFF an https origin and the files', async () => {
  const demo = await startDemoIn(fakeWorkspace(), { ports: 'free', https: true });
  try {
    expect(demo.url).toMatch(/^https:\/\/localhost:\d+$/);
    const config = JSON.parse(readFileSync(path.join(demo.dataDir, 'coatcheck.config.json'), 'utf8'));
    expect(config.publicUrl).toBe(demo.url);
    expect(config.tls).toEqual({ cert: demo.certificate, key: path.join(demo.dataDir, 'tls/localhost.key') });
    expect(demo.logs('idp')).toContain(`for ${demo.url} and`);
  } finally {
    await demo.close();
  }
});
