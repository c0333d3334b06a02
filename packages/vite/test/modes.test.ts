import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJar, headerValues, startAuthorizationServer } from '@coatcheck/testing';
import { readSecrets } from '@coatcheck/testing/playwright';
import { build, createLogger, type InlineConfig, preview } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { coatcheck } from '../src/index.ts';
import { seen, signIn, startRig } from './rig.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'coatcheck-modes-'));
  await writeFile(
    join(root, 'index.html'),
    '<!doctype html><title>app</title><script type="module" src="/a.js">',
  );
  await writeFile(join(root, 'a.js'), 'document.title = "built";');
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('leaves a build alone, and a preview says where the BFF is', async () => {
  const lines: string[] = [];
  const logger = createLogger('silent');
  logger.warn = (line) => void lines.push(line);
  const options: InlineConfig = { root, configFile: false, customLogger: logger, plugins: [coatcheck()] };
  await build(options);
  const built = await readdir(join(root, 'dist'), { recursive: true });
  expect(built).toContain('index.html');
  const script = built.find((name) => name.endsWith('.js')) ?? '';
  expect(await readFile(join(root, 'dist', script), 'utf8')).not.toMatch(/coatcheck/i);

  const server = await preview({ ...options, preview: { port: 0 } });
  const jar = createJar(server.resolvedUrls?.local[0] ?? '');
  const answer = await jar.fetch('/bff/session');
  expect(answer.status).toBe(501);
  expect(await answer.text()).toContain('npx coatcheck serve');
  expect((await jar.navigate('/notes')).status).toBe(200);
  expect(lines.join()).toContain('vite preview serves the build without Coatcheck');
  await server.close();
});

it('uses the providers that are named, and starts none of its own', async () => {
  const as = await startAuthorizationServer();
  const { clientId, clientSecret } = as.client;
  const rig = await startRig(() => ({
    providers: [{ id: 'theirs', label: 'Theirs', issuer: as.issuer, clientId, clientSecret }],
  }));
  const jar = createJar(rig.url);
  const start = await jar.navigate('/bff/login');
  expect(start.location).toContain(as.issuer);
  const callback = await as.authorize(start.location ?? '');
  await jar.navigate(callback, { site: 'cross-site' });
  expect(await (await jar.fetch('/bff/session')).json()).toMatchObject({ provider: 'theirs' });
  expect(rig.lines.join('\n')).toContain('signs in with Theirs');
  expect(rig.lines.join('\n')).not.toContain('127.0.0.1:94');
  await rig.close();
  await as.close();
});

it('tells every mistake of the options at once, in the terminal and to the app', async () => {
  const rig = await startRig((upstream) => ({
    session: { idleTimeout: '0m' },
    routes: [{ prefix: '/bff/x', upstream }],
  }));
  const [line] = await seen(rig.lines, /cannot be used[\s\S]*/);
  expect(line).toContain('session.idleTimeout');
  expect(line).toContain('routes[0].prefix');
  const answer = await createJar(rig.url).fetch('/bff/session');
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('session.idleTimeout');
  expect((await createJar(rig.url).navigate('/')).status).toBe(200);
  await rig.close();
});

it('does not offer its provider without passwords to other machines', async () => {
  const rig = await startRig(() => ({ publicUrl: 'https://dev.example' }));
  await seen(rig.lines, /providers: is missing, and the embedded provider is for browsers on this machine/);
  await rig.close();
});

it('writes down what it issues, for tests that search the browser for it', async () => {
  const tokensFile = join(root, 'tokens', 'issued.jsonl');
  const rig = await startRig((upstream) => ({ routes: [{ prefix: '/api', upstream }], tokensFile }));
  const jar = createJar(rig.url);
  await signIn(rig, jar);
  await jar.fetch('/api/notes');
  const issued = await readSecrets(tokensFile);
  expect(issued.map(({ kind }) => kind).sort()).toEqual([
    'access_token',
    'code',
    'id_token',
    'refresh_token',
  ]);
  const call = rig.upstream.requests.at(-1);
  expect(call && headerValues(call, 'authorization')).toContain(
    `Bearer ${issued.find(({ kind }) => kind === 'access_token')?.value}`,
  );
  await rig.close();
});

it('offers the people and claims that are named', async () => {
  const rig = await startRig((upstream) => ({
    routes: [{ prefix: '/api', upstream, resource: 'https://api.example', scopes: ['notes:read'] }],
    users: [{ email: 'bo@example.test', name: 'Bo <3', sub: '7', claims: { team: 'blue' } }],
  }));
  const jar = createJar(rig.url);
  await signIn(rig, jar, '7');
  expect(await (await jar.fetch('/bff/session')).json()).toMatchObject({
    user: { sub: '7', name: 'Bo <3', team: 'blue' },
    scopes: expect.arrayContaining(['notes:read']),
  });
  expect((await jar.fetch('/api/notes')).status).toBe(200);
  await rig.close();
});
