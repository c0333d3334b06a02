import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Jar, JarResponse } from '@coatcheck/testing';
import { afterEach, expect, test } from 'vitest';
import { type Rig, startRig } from '../rig.ts';

const folders: string[] = [];
const rigs: Rig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const trustedProxies = ['127.0.0.1', '::1'];
const narrow = { login: { max: 3 }, callback: { max: 4 }, session: { max: 100 }, providerLogout: { max: 2 } };

async function opened(change: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  const rig = await startRig({ trustedProxies, limits: narrow, ...change });
  rigs.push(rig);
  return rig;
}

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

/** Statuses of sign-ins started one after the other by the same address, each in a new browser. */
async function logins(rig: Rig, count: number, address: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1)
    statuses.push((await rig.browser().navigate('/bff/login', from(address))).status);
  return statuses;
}

const expectRefusal = (answer: JarResponse) => {
  expect(answer.status).toBe(429);
  expect(answer.headers.get('coatcheck-problem')).toBe('rate_limited');
  const wait = Number(answer.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
};

test('sign-ins from one address are limited, those from others go on', async () => {
  const rig = await opened();
  expect(await logins(rig, 5, '192.0.2.1')).toEqual([302, 302, 302, 429, 429]);
  expect(await logins(rig, 1, '192.0.2.2')).toEqual([302]);
});

test('a refused navigation sees a page, a script problem details, both when to come back', async () => {
  const rig = await opened();
  await logins(rig, 3, '192.0.2.1');
  const page = await rig.browser().navigate('/bff/login', from('192.0.2.1'));
  expectRefusal(page);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('Code: rate_limited');
  const script = await rig.browser().request('/bff/login', from('192.0.2.1'));
  expectRefusal(script);
  expect(script.headers.get('content-type')).toContain('application/problem+json');
  expect(await script.json()).toMatchObject({ status: 429, code: 'rate_limited' });
});

test('answers say what is left of the limit', async () => {
  const rig = await opened();
  const left = async () => {
    const { headers } = await rig.browser().navigate('/bff/login', from('192.0.2.1'));
    const reset = Number(headers.get('ratelimit-reset'));
    expect(reset).toBeGreaterThan(50);
    expect(reset).toBeLessThanOrEqual(60);
    return `${headers.get('ratelimit-remaining')} of ${headers.get('ratelimit-limit')}`;
  };
  expect(await left()).toBe('2 of 3');
  expect(await left()).toBe('1 of 3');
  expect(await left()).toBe('0 of 3');
  expect(await left()).toBe('0 of 3');
});

test('callbacks are limited apart from sign-ins, before a code is looked at', async () => {
  const rig = await opened();
  const answers: JarResponse[] = [];
  for (let index = 0; index < 5; index += 1)
    answers.push(await rig.browser().navigate('/bff/callback/demo?code=x&state=y', from('192.0.2.1')));
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 429]);
  expect(await logins(rig, 1, '192.0.2.1')).toEqual([302]);
});

test("a provider's sign-outs are limited by its address", async () => {
  const rig = await opened();
  const statuses: number[] = [];
  for (let index = 0; index < 3; index += 1) {
    const answer = await rig.browser().request('/bff/backchannel-logout/demo', { method: 'POST' });
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([400, 400, 429]);
});

test('session routes are limited by session, wherever its calls come from, and others go on', async () => {
  const rig = await opened({ limits: { ...narrow, login: { max: 9 }, session: { max: 20 } } });
  const [jar, other] = [rig.browser(), rig.browser()];
  await rig.signIn(jar);
  await rig.signIn(other);
  const call = (one: Jar, address: string) => one.fetch('/bff/session', from(address));
  for (let index = 0; index < 20; index += 1) expect((await call(jar, `192.0.2.${index}`)).status).toBe(200);
  expectRefusal(await call(jar, '192.0.2.99'));
  expect((await call(other, '192.0.2.1')).status).toBe(200);
  // Nobody's calls count for their address, and it is not what a session's calls count for.
  expect((await call(rig.browser(), '192.0.2.1')).status).toBe(200);
  // Whoever polls wildly can still sign out.
  const out = await jar.fetch('/bff/logout', { method: 'POST', json: { local: true } });
  expect(out.status).toBe(200);
});

test('calls of the API are under none of these limits', async () => {
  const rig = await opened({ limits: { ...narrow, session: { max: 1 } } });
  const jar = rig.browser();
  await rig.signIn(jar);
  for (let index = 0; index < 10; index += 1) {
    const answer = await jar.fetch('/api/notes');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-limit')).toBeNull();
  }
});

test('a foreign page cannot use up the sign-ins of whoever looks at it', async () => {
  const rig = await opened();
  const embed = (target: string) =>
    rig.browser().navigate(target, {
      headers: {
        'x-forwarded-for': '192.0.2.1',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'no-cors',
        'sec-fetch-dest': 'image',
      },
    });
  for (let index = 0; index < 9; index += 1) {
    await embed('/bff/login');
    await embed('/bff/callback/demo?code=x&state=y');
    await embed('/bff/providers');
  }
  expect((await embed('/bff/callback/demo?code=x&state=y')).status).toBe(429);
  expect(await logins(rig, 1, '192.0.2.1')).toEqual([302]);
  const callback = await rig.browser().navigate('/bff/callback/demo?code=x&state=y', from('192.0.2.1'));
  expect(callback.status).toBe(400);
});

test('a call that the guard refuses counts for nobody', async () => {
  const rig = await opened({ limits: { ...narrow, session: { max: 2 } } });
  for (let index = 0; index < 9; index += 1) {
    const refused = await rig.browser().fetch('/bff/session', { site: 'cross-site', ...from('192.0.2.1') });
    expect(refused.status).toBe(403);
  }
  expect((await rig.browser().fetch('/bff/session', from('192.0.2.1'))).status).toBe(200);
});

test('instances on one store count together', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'coatcheck-limits-'));
  folders.push(folder);
  const shared = {
    store: { url: `sqlite:${path.join(folder, 'store.db')}` },
    keys: [randomBytes(32).toString('base64url')],
  };
  const [one, other] = [await opened(shared), await opened(shared)];
  expect(await logins(one, 2, '192.0.2.1')).toEqual([302, 302]);
  expect(await logins(other, 2, '192.0.2.1')).toEqual([302, 429]);
  expect(await logins(one, 1, '192.0.2.1')).toEqual([429]);
});

test('refusals are counted by code', async () => {
  const rig = await opened();
  await logins(rig, 5, '192.0.2.1');
  expect(rig.app.coatcheck.metrics()).toContain('coatcheck_requests_refused_total{code="rate_limited"} 2');
});

test('limits.insecureNoRateLimits lets everybody call as often as they like', async () => {
  const rig = await opened({ limits: { ...narrow, insecureNoRateLimits: true } });
  expect(await logins(rig, 9, '192.0.2.1')).toEqual(Array.from({ length: 9 }, () => 302));
});
