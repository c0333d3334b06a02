import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createJar, type Jar, rawRequest } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { type Running, serve } from '../src/serve.ts';
import { configFile, ownFolder, workingConfig } from './command.ts';

let running: Running;
let jar: Jar;

beforeAll(async () => {
  const folder = ownFolder();
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  mkdirSync(join(folder, 'dist/.git'));
  const files = {
    'index.html': '<!doctype html><title>app</title>',
    'favicon.svg': '<svg/>',
    'assets/index-abc12345.js': 'console.log(1)',
    'assets/index-abc12345.js.map': '{}',
    '.env': 'SECRET=1',
    '.git/config': 'x',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'dist', name), content);
  const port = await freePort();
  running = await serve(
    loadConfig(
      configFile(
        {
          ...workingConfig(),
          publicUrl: `http://localhost:${port}`,
          listen: { port },
          spa: { directory: 'dist' },
          log: { level: 'silent' },
        },
        folder,
      ),
      {},
    ),
  );
  jar = createJar(`http://localhost:${port}`);
});
afterAll(() => running.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the single-page app', () => {
  it.each(['/', '/notes', '/notes/7?x=1', '/profile'])(
    'BFF-HDR-02: answers a navigation to %s with its page',
    async (path) => {
      const response = await jar.navigate(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('<title>app</title>');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy');
      for (const part of [
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
      ]) {
        expect(policy).toContain(part);
      }
      expect(policy).not.toContain('unsafe-inline');
    },
  );

  it('keeps hashed assets for ever', async () => {
    const response = await jar.get('/assets/index-abc12345.js');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/.env',
    '/%2eenv',
    '/%2Egit/config',
    '/x/%2e%2e%5c.env',
    '/.git/config',
    '/assets/index-abc12345.js.map',
    '/missing.js',
    '/assets/missing',
    '/../package.json',
    '/%2e%2e/package.json',
    '/metrics',
    '/livez',
    '/readyz',
  ])('BFF-LEAK-08, advisory 64: gives nothing at %s to a fetch or a navigation', async (path) => {
    const response = /^.(metrics|livez|readyz|assets.missing)$/.test(path)
      ? await jar.fetch(path)
      : await jar.navigate(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('coatcheck-problem')).toBe('not_found');
  });

  it('is no answer to other methods, or below our own prefix', async () => {
    expect((await jar.fetch('/notes', { method: 'POST' })).status).toBe(404);
    expect((await jar.navigate('/bff/unknown')).status).toBe(404);
    expect((await jar.navigate('/.well-known/x')).status).toBe(404);
    // Advisory 57: no second spelling of our own routes.
    expect((await jar.navigate('/open/https://x')).status).toBe(200);
    for (const path of ['//bff/login', '/%2fbff/login', '/\\bff/login', '/bff//login'])
      expect((await jar.navigate(path)).status, path).toBe(404);
  });
});

describe('what Node refuses by itself', () => {
  const port = () => Number(new URL(running.app.coatcheck.parts.settings.publicUrl).port);

  it('BFF-BAD-02: answers a cookie of 100 KB with a problem and lives on', async () => {
    const answer = await rawRequest({
      host: 'localhost',
      port: port(),
      lines: [
        'GET /bff/session HTTP/1.1',
        `Host: localhost:${port()}`,
        `Cookie: a=${'x'.repeat(100_000)}`,
        '',
        '',
      ],
    });
    expect(answer.status).toBe(431);
    expect(answer.body.toString()).toContain('"code":"headers_too_large"');
    expect((await jar.fetch('/bff/session')).status).toBe(200);
  });

  it('answers garbage with a problem and closes', async () => {
    const answer = await rawRequest({ host: 'localhost', port: port(), lines: ['NONSENSE', '', ''] });
    expect(answer.status).toBe(400);
    expect(answer.closed).toBe(true);
  });
});

describe('the management port', () => {
  it('tells whether the process lives, may get traffic, and what it counted', async () => {
    const management = createJar(running.managementUrl);
    expect(await (await management.get('/livez')).json()).toEqual({ status: 'alive' });
    const ready = await management.get('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ready: true, store: true, providers: { demo: false } });
    expect(await (await management.get('/metrics')).text()).toMatch(/coatcheck_sessions_started_total \d/);
  });

  it('refuses to end the sessions of nobody in particular', async () => {
    const management = createJar(running.managementUrl);
    const response = await management.request('/subjects/sessions', { method: 'DELETE', json: {} });
    expect(response.status).toBe(400);
  });
});
