import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJar, makeCertificate } from '@coatcheck/testing';
import { createServer, type InlineConfig } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { coatcheck } from '../src/index.ts';
import { freePort } from './rig.ts';

let root: string;
const nobody = { authenticated: false, reason: 'none' };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'coatcheck-places-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>app</title>');
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function startVite(server: NonNullable<InlineConfig['server']>, publicUrl?: string) {
  const plugin = coatcheck({ providerPort: await freePort(), ...(publicUrl && { publicUrl }) });
  return createServer({ root, configFile: false, logLevel: 'silent', server, plugins: [plugin] });
}

it('serves https where Vite does, over HTTP/1.1 and HTTP/2', async () => {
  const vite = await startVite({ https: await makeCertificate(), port: await freePort() });
  await vite.listen();
  const url = vite.resolvedUrls?.local[0] ?? '';
  expect(url).toMatch(/^https:/);
  const jar = createJar(url);
  expect(await (await jar.fetch('/bff/session')).json()).toEqual(nobody);
  const start = await jar.navigate('/bff/login');
  expect(start.status).toBe(302);
  expect([...jar.cookies.keys()].join()).toMatch(/^__Host-.*-login-/);

  const session = connect(url, { rejectUnauthorized: false });
  const call = session.request({ ':path': '/bff/session', 'sec-fetch-site': 'same-origin' });
  let text = '';
  for await (const chunk of call.setEncoding('utf8')) text += chunk;
  expect(JSON.parse(text)).toEqual(nobody);
  session.close();
  await vite.close();
});

it('works inside a server of your own (middleware mode), with publicUrl', async () => {
  const http = createHttpServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const vite = await startVite({ middlewareMode: true, ws: false }, `http://localhost:${port}`);
  http.on('request', vite.middlewares);
  const jar = createJar(`http://127.0.0.1:${port}`);
  const answer = await jar.fetch('/bff/session', { headers: { host: `localhost:${port}` } });
  expect(await answer.json()).toEqual(nobody);
  await vite.close();
  http.close();
});
