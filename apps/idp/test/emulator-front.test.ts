import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator, EmulatorOptions } from '../src/emulators/emulator.ts';
import { startGoogleEmulator } from '../src/emulators/google/google.ts';
import { jsonLog } from '../src/log.ts';
import { Browser } from './browser.ts';
import { app, basic, bearer, parse, post, redirectUri, visit } from './emulated.ts';
import { send } from './http.ts';
import { temporaryDirectory } from './start.ts';

const account = 'maya@mail.example.test';

async function start(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startGoogleEmulator({ port: 0, clients: [app], ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

function requestUrl({ url }: Emulator): string {
  const params = {
    client_id: app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
  };
  return `${url}/o/oauth2/v2/auth?${new URLSearchParams({ ...params, access_type: 'offline' })}`;
}

test.each(['0.0.0.0', '::', '10.0.0.1'])('BFF-OP-01: an emulator does not start on %s', async (host) => {
  await expect(start({ host })).rejects.toThrow('can be reached from other machines');
});

test('a taken port is told with the variable that chooses another', async () => {
  const port = Number(new URL((await start()).url).port);
  await expect(start({ port })).rejects.toThrow(`GOOGLE_EMULATOR_PORT: ${port} is taken`);
});

test('a request for another host is refused (DNS rebinding)', async () => {
  const { url } = await start();
  const answer = await send(`${url}/.well-known/openid-configuration`, { headers: { host: 'evil.example' } });
  expect(answer.status).toBe(421);
});

test('pages run no script, are not framed and send forms only here and to the app', async () => {
  const answer = await send(requestUrl(await start()));
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'self' http://localhost:3000;");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toContain('This is not Google.');
});

test('a form of another site, or of another browser, does nothing', async () => {
  const emulator = await start();
  const browser = new Browser();
  const page = await browser.open(requestUrl(emulator));
  const foreign = await browser.submit(page, { account }, { origin: 'https://evil.example' });
  expect(foreign.status).toBe(403);
  const other = await new Browser().submit(page, { account });
  expect(other.status).toBe(400);
  expect(other.body).toContain('This sign-in has ended');
});

test('a form works once', async () => {
  const emulator = await start();
  const browser = new Browser();
  const page = await browser.open(requestUrl(emulator));
  await browser.submit(page, { account });
  expect((await browser.submit(page, { account })).status).toBe(400);
});

test('consent cannot be given before somebody was chosen', async () => {
  const emulator = await start();
  const browser = new Browser();
  const page = await browser.open(requestUrl(emulator));
  expect((await browser.submit(page, { decision: 'allow' })).status).toBe(422);
});

test('the start page says who is signed in, and signs them out for this browser only', async () => {
  const emulator = await start();
  const [browser, other] = [new Browser(), new Browser()];
  await visit(requestUrl(emulator), { account, browser });
  await visit(requestUrl(emulator), { account, browser: other });
  const page = await browser.open(`${emulator.url}/`);
  expect(page.body).toContain('Signed in as Maya Consumer');
  const foreign = await browser.submit(page, { decision: 'sign-out' }, { 'sec-fetch-site': 'cross-site' });
  expect(foreign.status).toBe(403);
  const after = await browser.submit(page, { decision: 'sign-out' });
  expect(after.body).toContain('Nobody is signed in');
  expect((await visit(requestUrl(emulator), { account, browser })).pages).toHaveLength(1);
  expect((await visit(requestUrl(emulator), { account, browser: other })).pages).toHaveLength(0);
});

test('the cookie is of this brand and cannot be read by script', async () => {
  const answer = await send(requestUrl(await start()));
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(
      /^emulated_google_browser=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
    ),
  ]);
});

test('state outlives a restart, in a file for its owner only that holds no code and no token', async () => {
  const dataDirectory = await temporaryDirectory();
  const first = await start({ dataDirectory });
  const port = Number(new URL(first.url).port);
  const { params } = await visit(requestUrl(first), { account });
  const code = params.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  const { access_token, refresh_token } = parse(await post(`${first.url}/token`, fields, basic()));
  await first.close();

  const file = join(dataDirectory, 'idp', 'google.sqlite');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const content = await readFile(file, 'latin1');
  for (const secret of [code, access_token, refresh_token]) expect(content).not.toContain(secret);

  const second = await start({ dataDirectory, port });
  const user = await send(`${second.url}/v1/userinfo`, { headers: bearer(access_token) });
  expect(user.status).toBe(200);
});

test('the log holds paths, and no code, token, secret or cookie', async () => {
  const lines: string[] = [];
  const log = jsonLog(
    (line) => lines.push(line),
    () => new Date(0),
  );
  const emulator = await start({ log });
  const browser = new Browser();
  const { params } = await visit(requestUrl(emulator), { account, browser });
  const code = params.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  const tokens = parse(await post(`${emulator.url}/token`, fields, basic()));
  await send(`${emulator.url}/tokeninfo?access_token=${tokens.access_token}`);
  const text = lines.join('');
  expect(text).toContain('"path":"/tokeninfo"');
  const secrets = [code, tokens.access_token, tokens.refresh_token, tokens.id_token, app.clientSecret];
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toContain('emulated_google_browser');
});
