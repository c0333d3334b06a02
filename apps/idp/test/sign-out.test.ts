import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Idp } from '../src/app.ts';
import { Browser } from './browser.ts';
import {
  authorizationRequest,
  authorizationUrl,
  publicUrl,
  readJwt,
  redirectUri,
  signIn,
} from './relying-party.ts';
import { start } from './start.ts';

const returnTo = `${publicUrl}/bff/logout/callback`;

function signOutUrl(idp: Idp, changes: Record<string, string> = {}): string {
  const params = { client_id: 'coatcheck', post_logout_redirect_uri: returnTo, state: 's-1', ...changes };
  return `${idp.issuer}/session/end?${new URLSearchParams(params)}`;
}

async function isSignedIn(idp: Idp, browser: Browser): Promise<boolean> {
  const end = await browser.open(authorizationUrl(idp, authorizationRequest(idp, { prompt: 'none' })));
  return new URL(end.url).searchParams.has('code');
}

test('sign-out asks first, then ends the session and returns with the state, without id_token_hint', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  expect(await isSignedIn(idp, browser)).toBe(true);
  const page = await browser.open(signOutUrl(idp, { logout_hint: 'alice@example.test' }));
  expect(page.status).toBe(200);
  expect(page.body).toContain('Sign out here too?');
  const end = await browser.submit(page, { logout: 'yes' });
  expect(end.url).toBe(`${returnTo}?state=s-1`);
  expect(await isSignedIn(idp, browser)).toBe(false);
});

test('staying signed in returns too, and the next sign-in asks for no password', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  const end = await browser.submit(await browser.open(signOutUrl(idp)), {});
  expect(end.url).toBe(`${returnTo}?state=s-1`);
  expect(await isSignedIn(idp, browser)).toBe(true);
});

test('who is not signed in goes straight back, by a form that posts itself with a script the policy names', async () => {
  const idp = await start();
  const browser = new Browser();
  const page = await browser.open(signOutUrl(idp));
  expect(page.headers['content-security-policy']).toMatch(/script-src 'sha256-[^']+'/);
  expect((await browser.submit(page, {})).url).toBe(`${returnTo}?state=s-1`);
});

test('an address that is not registered is refused on a page', async () => {
  const idp = await start();
  for (const uri of [`${returnTo}/`, 'http://evil.example/', redirectUri]) {
    const page = await new Browser().open(signOutUrl(idp, { post_logout_redirect_uri: uri }));
    expect(page.status).toBe(400);
    expect(page.url).toContain(idp.issuer);
  }
});

test('a sign-out that names no address ends on a page of ours', async () => {
  const idp = await start();
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  const page = await browser.submit(await browser.open(`${idp.issuer}/session/end`), { logout: 'yes' });
  expect(page.status).toBe(200);
  expect(page.body).toContain('You are signed out');
});

test('sign-out sends the client a logout token for the session, over loopback', async () => {
  const received: string[] = [];
  const client = createServer((request, response) => {
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => received.push(`${request.url} ${chunk}`));
    request.on('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    client.close();
  });
  const address = client.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const idp = await start({ publicUrl: `http://127.0.0.1:${port}`, moreRedirectUris: [redirectUri] });
  const browser = new Browser();
  const { id_token } = await signIn(idp, {}, { browser });
  const { claims } = await readJwt(idp, id_token);
  await browser.submit(await browser.open(`${idp.issuer}/session/end`), { logout: 'yes' });

  expect(received).toHaveLength(1);
  const [path, body] = received[0]?.split(' ') ?? [];
  expect(path).toBe('/bff/backchannel-logout/demo');
  const token = await readJwt(idp, new URLSearchParams(body).get('logout_token') ?? '');
  expect(token.header.typ).toBe('logout+jwt');
  expect(token.claims).toMatchObject({
    iss: idp.issuer,
    aud: 'coatcheck',
    sub: claims.sub,
    sid: claims.sid,
    jti: expect.any(String),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  });
});

test('a client that cannot be reached does not keep the user signed in', async () => {
  const idp = await start({ publicUrl: 'http://127.0.0.1:1', moreRedirectUris: [redirectUri] });
  const browser = new Browser();
  await signIn(idp, {}, { browser });
  await browser.submit(await browser.open(`${idp.issuer}/session/end`), { logout: 'yes' });
  expect(await isSignedIn(idp, browser)).toBe(false);
});
