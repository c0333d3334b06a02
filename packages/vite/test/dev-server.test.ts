import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createJar, headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Rig, signIn, startRig } from './rig.ts';

let rig: Rig;
let jar: Jar;

beforeAll(async () => {
  rig = await startRig();
  jar = createJar(rig.url);
});
afterAll(() => rig.close());

const session = async (browser: Jar) => (await browser.fetch('/bff/session')).json();

describe('vite dev alone', () => {
  it('serves the app, with its HMR client, and the session on one origin', async () => {
    const page = await (await jar.navigate('/')).text();
    expect(page).toContain('/@vite/client');
    expect(await session(jar)).toMatchObject({ authenticated: false, reason: 'none' });
  });

  it('signs a person in by the embedded provider, after one click', async () => {
    const back = await signIn(rig, jar);
    expect(back.status).toBe(303);
    expect(await session(jar)).toMatchObject({
      authenticated: true,
      provider: 'dev',
      roles: ['user'],
      user: { sub: 'alice@example.test', name: 'Alice Example', email: 'alice@example.test' },
    });
  });

  it('calls the API with an access token for it, and without the cookie', async () => {
    const answer = await jar.fetch('/api/notes');
    expect(answer.status).toBe(200);
    const call = rig.upstream.requests.at(-1);
    const [scheme, token = ''] = (call ? headerValues(call, 'authorization')[0] : '')?.split(' ') ?? [];
    expect(scheme).toBe('Bearer');
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({
      iss: await rig.provider(),
      aud: rig.upstream.url,
      sub: 'alice@example.test',
      roles: ['user'],
    });
    expect(call && headerValues(call, 'cookie')).toEqual([]);
  });

  it('stays signed in when Vite restarts, and the token still works', async () => {
    const before = rig.lines.length;
    await rig.vite.restart();
    expect(await session(jar)).toMatchObject({ authenticated: true });
    expect((await jar.fetch('/api/notes')).status).toBe(200);
    expect(rig.lines.slice(before).filter((line) => line.includes('[coatcheck]'))).toEqual([]);
  });

  it('lets the WebSocket of a route and that of HMR through on the same port', async () => {
    const cookie = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const url = rig.url.replace('http', 'ws');
    const own = new WebSocket(`${url}/api/live`, { origin: rig.url, headers: { cookie } });
    await opened(own);
    own.terminate();
    const token = rig.vite.config.webSocketToken;
    const hmr = new WebSocket(`${url}/?token=${token}`, 'vite-hmr', { origin: rig.url });
    expect(await nextMessage(hmr)).toContain('connected');
    const told = nextMessage(hmr);
    await appendFile(join(rig.vite.config.root, 'index.html'), '<p>changed');
    expect(await told).toContain('full-reload');
    hmr.terminate();
  });

  it('refuses a WebSocket of another origin', async () => {
    const url = rig.url.replace('http', 'ws');
    const foreign = new WebSocket(`${url}/api/live`, { origin: 'http://evil.example' });
    await expect(opened(foreign)).rejects.toThrow('403');
  });
});

describe('who may call', () => {
  it('refuses a Host that is not the app (DNS rebinding), on its own routes and on those of Vite', async () => {
    const hostile = { headers: { host: 'evil.example' } };
    expect((await jar.fetch('/bff/session', hostile)).headers.get('coatcheck-problem')).toBe('unknown_host');
    expect((await jar.fetch('/api/notes', hostile)).status).toBe(421);
    expect((await jar.navigate('/', hostile)).status).toBe(403);
    const provider = createJar(await rig.provider());
    expect((await provider.navigate('/.well-known/openid-configuration', hostile)).status).toBe(421);
  });

  it('refuses calls of another origin and sends no CORS header, though Vite would', async () => {
    const foreign = await jar.fetch('/api/notes', {
      headers: { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('leads other names of this machine to the one that has the cookies', async () => {
    const port = new URL(rig.url).port;
    const other = await jar.navigate('/notes?x=1', { headers: { host: `127.0.0.1:${port}` } });
    expect(other.location).toBe(`${rig.url}/notes?x=1`);
  });

  it('takes no form from another site at the provider', async () => {
    const provider = createJar(await rig.provider());
    const answer = await provider.navigate('/interaction/some-id', {
      method: 'POST',
      site: 'cross-site',
      body: new URLSearchParams({ sub: 'alice@example.test' }),
    });
    expect(answer.status).toBe(403);
  });
});

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
}

function nextMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)));
    socket.on('error', reject);
  });
}
