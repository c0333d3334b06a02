import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { freePorts } from '../demo/ports.ts';
import { type Demo, type DemoOptions, startDemoIn } from '../demo/start.ts';
import { fakeWorkspace } from './fake-workspace.ts';

const root = fakeWorkspace();
const dataDir = mkdtempSync(path.join(tmpdir(), 'demo-data-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const demos: Demo[] = [];
afterEach(async () => {
  await Promise.all(demos.splice(0).map((demo) => demo.close()));
});

async function start(options: DemoOptions = {}, workspace = root): Promise<Demo> {
  const demo = await startDemoIn(workspace, { ports: 'free', ...options });
  demos.push(demo);
  return demo;
}

function configOf(demo: Demo) {
  return JSON.parse(readFileSync(path.join(demo.dataDir, 'coatcheck.config.json'), 'utf8'));
}

function modeOf(...parts: string[]): number {
  return statSync(path.join(...parts)).mode & 0o777;
}

test('all parts answer, each told what it needs', async () => {
  const demo = await start({ env: { IDP_ACCESS_TOKEN_TTL: '5' } });
  for (const url of [demo.url, demo.managementUrl, demo.idpUrl, demo.apiUrl]) {
    expect((await fetch(url)).status).toBe(200);
  }
  expect(demo.idpUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(demo.url).toMatch(/^http:\/\/localhost:/);
  expect(demo.logs('idp')).toContain(`ttl 5 for ${demo.url} and urn:coatcheck:demo-api`);
  expect(demo.logs('api')).toContain(`issuer ${demo.idpUrl}`);
  expect(demo.logs()).toContain('secret: made by the idp');
  expect(demo.logs('lab')).toContain('weak, and meant so: 1');
});

test('the BFF gets its configuration from the environment', async () => {
  const env = { SESSION_IDLE_TIMEOUT: '90', STORE_URL: 'sqlite:/elsewhere.db', SESSION_ABSOLUTE_TIMEOUT: '' };
  const demo = await start({ env, host: 'app.shop.localhost' });
  expect(configOf(demo)).toMatchObject({
    publicUrl: expect.stringMatching(/^http:\/\/app\.shop\.localhost:\d+$/),
    session: { idleTimeout: '90s' },
    store: { url: 'sqlite:/elsewhere.db' },
    providers: [
      { id: 'demo', issuer: demo.idpUrl, clientId: 'coatcheck' },
      { id: 'google', issuer: demo.emulatorUrls.get('google') },
      { id: 'github', endpoints: { web: demo.emulatorUrls.get('github') } },
      { id: 'facebook', endpoints: { api: demo.emulatorUrls.get('facebook') } },
    ],
    routes: [
      { prefix: '/api', upstream: demo.apiUrl, resource: 'urn:coatcheck:demo-api' },
      { prefix: '/lab', session: 'none', methods: ['GET', 'POST'] },
    ],
    spa: { directory: path.join(root, 'apps/web/dist') },
  });
  expect(configOf(demo).session).not.toHaveProperty('absoluteTimeout');
  expect(configOf(demo)).not.toHaveProperty('tls');
});

test('Google, GitHub and Facebook are emulated, and the BFF reads the secrets that the emulators make', async () => {
  const demo = await start();
  for (const url of demo.emulatorUrls.values()) expect((await fetch(url)).status).toBe(200);
  expect(configOf(demo).providers[1].clientSecret).toEqual({
    file: path.join(demo.dataDir, 'idp/google-client-secret'),
  });
  expect(modeOf(demo.dataDir, 'bff/client-key.pem')).toBe(0o600);
});

test('with credentials the real provider takes the place of its emulator', async () => {
  const demo = await start({ env: { GITHUB_CLIENT_ID: 'Iv1.real', GITHUB_CLIENT_SECRET: 'real-secret' } });
  expect([...demo.emulatorUrls.keys()]).toEqual(['google', 'facebook']);
  const [, , github] = configOf(demo).providers;
  expect(github).toEqual({
    id: 'github',
    profile: 'github',
    clientId: 'Iv1.real',
    clientSecret: { env: 'GITHUB_CLIENT_SECRET' },
  });
});

test('half of the credentials is a problem', async () => {
  await expect(start({ env: { FACEBOOK_CLIENT_ID: '1' } })).rejects.toThrow(
    'FACEBOOK_CLIENT_ID is set, but FACEBOOK_CLIENT_SECRET is not',
  );
});

test('the ticket key is made once and private', async () => {
  const demo = await start({ env: { DATA_DIR: dataDir } });
  const key = readFileSync(path.join(dataDir, 'bff/ticket-key'), 'utf8');
  expect(Buffer.from(key.trim(), 'base64url')).toHaveLength(32);
  expect(modeOf(dataDir, 'bff/ticket-key')).toBe(0o600);
  expect(modeOf(dataDir, 'coatcheck.config.json')).toBe(0o600);
  await demo.close();
  await start({ env: { DATA_DIR: dataDir } });
  expect(readFileSync(path.join(dataDir, 'bff/ticket-key'), 'utf8')).toBe(key);
});

test('a temporary data directory goes with the demo', async () => {
  const demo = await start();
  expect(existsSync(demo.dataDir)).toBe(true);
  await demo.close();
  expect(existsSync(demo.dataDir)).toBe(false);
});

test('one part can be stopped and started while the others go on', async () => {
  const demo = await start();
  await demo.idp.stop();
  await expect(fetch(demo.idpUrl)).rejects.toThrow();
  expect((await fetch(demo.url)).status).toBe(200);
  await demo.idp.start();
  expect((await fetch(demo.idpUrl)).status).toBe(200);
});

test('a part that dies is reported with its last lines', async () => {
  const demo = await start();
  writeFileSync(path.join(demo.dataDir, 'die-api'), '');
  expect((await demo.broken).message).toMatch(/the demo API ended with status 7.*api lost its way/s);
});

test('a part that cannot start ends the others', async () => {
  const broken = fakeWorkspace({ 'apps/api/src/main.ts': "throw new Error('no database')" });
  const ports = await freePorts();
  const env = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  await expect(start({ ports: 'environment', env: { ...env, DATA_DIR: dataDir } }, broken)).rejects.toThrow(
    'no database',
  );
  await expect(fetch(`http://127.0.0.1:${ports.IDP_PORT}`)).rejects.toThrow();
});

test('a start that is given up leaves nothing running', async () => {
  const ports = await freePorts();
  const env = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  const stop = new AbortController();
  const starting = startDemoIn(root, {
    ports: 'environment',
    env: { ...env, DATA_DIR: dataDir },
    signal: stop.signal,
    onLine: (part) => part === 'bff' && stop.abort(),
  });
  await expect(starting).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${ports.IDP_PORT}`)).rejects.toThrow();
});

test('a taken port is named with the variable that chooses another', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const ports = { ...(await freePorts()), IDP_PORT: port };
  const numbers = Object.entries(ports).map(([name, number]) => [name, String(number)]);
  const env = { ...Object.fromEntries(numbers), DATA_DIR: dataDir };
  await expect(start({ ports: 'environment', env })).rejects.toThrow(
    new RegExp(`^Port ${port} is taken\\..*IDP_PORT=\\d+$`),
  );
  await new Promise((resolve) => taken.close(resolve));
});

test('wrong variables are told all at once', async () => {
  const env = { PORT: '0x10', SESSION_IDLE_TIMEOUT: '30m', IDP_PORT: '4000', API_PORT: '4000' };
  await expect(start({ ports: 'environment', env })).rejects.toThrow(
    /PORT is "0x10".*IDP_PORT and API_PORT are both 4000.*SESSION_IDLE_TIMEOUT is "30m"/s,
  );
});

test('a data directory that cannot be written is named', async () => {
  const file = path.join(dataDir, 'a-file');
  writeFileSync(file, '');
  await expect(start({ env: { DATA_DIR: file } })).rejects.toThrow(/a-file cannot be written .* DATA_DIR/);
});

test('the app is built when its sources changed, and only then', async () => {
  const workspace = fakeWorkspace();
  const builds = () => readFileSync(path.join(workspace, 'builds'), 'utf8').split('\n').length - 1;
  await (await start({}, workspace)).close();
  await (await start({}, workspace)).close();
  expect(builds()).toBe(1);
  writeFileSync(path.join(workspace, 'apps/web/src/main.tsx'), 'export const app = 2;');
  await (await start({}, workspace)).close();
  expect(builds()).toBe(2);
  rmSync(path.join(workspace, 'apps/web/dist'), { recursive: true });
  await (await start({}, workspace)).close();
  expect(builds()).toBe(3);
  expect(readFileSync(path.join(workspace, 'builds'), 'utf8')).toContain('production');
});
