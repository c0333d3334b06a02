import {
  type Emulator,
  type FacebookEmulator,
  startFacebookEmulator,
  startGitHubEmulator,
  startGoogleEmulator,
} from '@coatcheck/demo-idp/emulators';
import { type Jar, startUpstream, type Upstream } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Bff, ProviderWanted } from '../adapters/adapter.ts';
import { chosenAdapter } from '../adapters/chosen.ts';
import { visitProvider } from '../emulated/visit.ts';
import { requirement } from '../requirement.ts';

// Two sides that were written apart meet here: the profiles, and emulators after the providers' documentation.
const client = {
  clientId: '1234567890123456',
  clientSecret: 'a-secret-of-the-tests-0123456789',
  name: 'Tests',
};
const hours = 3_600;
const days = 24 * hours;

/** Filled in when the BFF has an address. */
const redirectUris: string[] = [];
let ahead = 0;
let google: Emulator;
let github: Emulator;
let facebook: FacebookEmulator;
let upstream: Upstream;
let bff: Bff;

beforeAll(async () => {
  const common = { port: 0, now: () => Date.now() + ahead * 1_000 };
  const app = { ...client, redirectUris };
  [google, github, facebook, upstream] = await Promise.all([
    startGoogleEmulator({ ...common, clients: [app], issuerScheme: 'without' }),
    startGitHubEmulator({ ...common, clients: [{ ...app, kind: 'github-app', numbersAsText: true }] }),
    startFacebookEmulator({ ...common, clients: [{ ...app, requireAppSecretProof: true }] }),
    startUpstream(),
  ]);
  const adapter = await chosenAdapter();
  const wanted = (id: string, { url }: Emulator, more: Record<string, unknown> = {}): ProviderWanted => ({
    id,
    issuer: url,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    config: { profile: id, ...more },
  });
  const at = ({ url }: Emulator) => ({ endpoints: { web: url, api: url } });
  bff = await adapter.start({
    idleTimeout: 400 * days,
    absoluteTimeout: 400 * days,
    providers: [
      wanted('google', google),
      wanted('github', github, at(github)),
      wanted('facebook', facebook, at(facebook)),
    ],
    routes: [
      { prefix: '/google', upstream: upstream.url, provider: 'google' },
      { prefix: '/github', upstream: upstream.url, provider: 'github' },
      { prefix: '/v24.0', upstream: facebook.url, provider: 'facebook' },
    ],
  });
  redirectUris.push(...['google', 'github', 'facebook'].map((id) => `${bff.url}${bff.paths.callback(id)}`));
});
beforeEach(() => upstream.clearRecords());
afterAll(async () => {
  await Promise.all([bff?.close(), google?.close(), github?.close(), facebook?.close(), upstream?.close()]);
});

async function signedIn(provider: string, account: string): Promise<Jar> {
  const jar = bff.jar();
  const started = await jar.navigate(bff.loginPath({ provider }), { site: 'same-origin' });
  const callback = await visitProvider(started.location ?? '', account);
  const answer = await jar.navigate(callback, { site: 'cross-site' });
  if (jar.cookie(bff.cookies.ticket) === undefined)
    throw new Error(`${answer.status} ${await answer.text()}`);
  return jar;
}

async function session(jar: Jar): Promise<Record<string, unknown>> {
  const view: unknown = await (await jar.fetch(bff.paths.session)).json();
  return typeof view === 'object' && view !== null ? { ...view } : {};
}

async function advance(seconds: number): Promise<void> {
  ahead += seconds;
  await bff.advance(seconds * 1_000);
}

/** The token that an API got with a call. */
async function tokenSent(jar: Jar, path: string): Promise<string | undefined> {
  upstream.clearRecords();
  expect((await jar.fetch(path)).status).toBe(200);
  return upstream.requests.at(-1)?.headers.authorization?.split(' ')[1];
}

requirement(
  ['BFF-PROV-01', 'BFF-PROV-02', 'BFF-PROV-03'],
  'emulated Google: signed in by an issuer without scheme, refreshed twice with the one refresh token',
  async () => {
    const jar = await signedIn('google', 'lin@acme.example.test');
    expect(await session(jar)).toMatchObject({
      authenticated: true,
      user: { sub: '110169484474386276334', email: 'lin@acme.example.test', email_verified: true },
    });
    const tokens = new Set<string | undefined>();
    for (let times = 0; times < 3; times += 1) {
      tokens.add(await tokenSent(jar, '/google/x'));
      await advance(hours);
    }
    expect(tokens.size).toBe(3);
  },
);

requirement(
  'BFF-PROV-11',
  'emulated Google: a sign-out leaves the other device; access taken back at Google ends it at its next refresh',
  async () => {
    const [phone, desk] = [
      await signedIn('google', 'sam@globex.example.test'),
      await signedIn('google', 'sam@globex.example.test'),
    ];
    const token = (await tokenSent(phone, '/google/x')) ?? '';
    await desk.fetch(bff.paths.logout, { method: 'POST' });
    expect(await tokenSent(phone, '/google/x')).toBe(token);
    const revoked = await fetch(`${google.url}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
    });
    expect(revoked.status).toBe(200);
    await advance(hours);
    const refused = await phone.fetch('/google/x');
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
  },
);

requirement(
  ['BFF-PROV-04', 'BFF-PROV-06'],
  'emulated GitHub App: the numeric id, the private address, and a new pair of tokens every eight hours',
  async () => {
    const jar = await signedIn('github', 'octavia');
    expect(await session(jar)).toMatchObject({
      user: { sub: '1000101', name: 'Octavia Private', email: 'octavia@example.test', email_verified: true },
    });
    const userOf = async (token: string | undefined) => {
      const headers = { authorization: `Bearer ${token}`, 'user-agent': 'tests' };
      return (await fetch(`${github.url}/user`, { headers })).status;
    };
    const first = await tokenSent(jar, '/github/x');
    await advance(8 * hours);
    const second = await tokenSent(jar, '/github/x');
    expect([await userOf(first), await userOf(second)]).toEqual([401, 200]);
    await advance(8 * hours);
    expect(await userOf(await tokenSent(jar, '/github/x'))).toBe(200);
  },
);

requirement('BFF-PROV-11', 'emulated GitHub: a sign-out ends the token of that session alone', async () => {
  const [phone, desk] = [await signedIn('github', 'hubert'), await signedIn('github', 'hubert')];
  const tokens = [await tokenSent(phone, '/github/x'), await tokenSent(desk, '/github/x')];
  await phone.fetch(bff.paths.logout, { method: 'POST' });
  const statusOf = async (token: string | undefined) => {
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'tests' };
    return (await fetch(`${github.url}/user`, { headers })).status;
  };
  await expect.poll(() => statusOf(tokens[0])).toBe(401);
  expect(await statusOf(tokens[1])).toBe(200);
});

requirement(
  ['BFF-PROV-09', 'BFF-PROV-10'],
  'emulated Facebook: calls carry the proof that the app requires, with a token that outlives the short one by far',
  async () => {
    const jar = await signedIn('facebook', 'frida@example.test');
    const me = async () => {
      const answer = await jar.fetch('/v24.0/me?fields=id,name');
      return { status: answer.status, body: await answer.text() };
    };
    expect(await me()).toEqual({ status: 200, body: expect.stringContaining('Frida Friend') });
    await advance(50 * days);
    expect(await me()).toEqual({ status: 200, body: expect.stringContaining('Frida Friend') });
    await advance(11 * days);
    expect((await me()).status).toBe(401);
    expect(await session(jar)).toMatchObject({ authenticated: false });
  },
);

requirement(
  'BFF-PROV-07',
  'emulated Facebook: access taken back there ends the session at its next call; passing trouble does not',
  async () => {
    const jar = await signedIn('facebook', 'frida@example.test');
    facebook.failNext(2);
    expect((await jar.fetch('/v24.0/me')).status).toBe(500);
    expect((await jar.fetch('/v24.0/me')).status).toBe(200);
    expect((await jar.fetch('/v24.0/me/permissions', { method: 'DELETE' })).status).toBe(200);
    await jar.fetch('/v24.0/me');
    expect(await session(jar)).toMatchObject({ authenticated: false });
  },
);
