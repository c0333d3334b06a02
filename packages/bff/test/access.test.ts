import type { SessionView } from '@coatcheck/protocol';
import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessRules, deniedBy } from '../src/options/access.ts';
import { type Rig, startRig, until } from './rig.ts';

const everything = accessRules({
  emailDomains: ['Example.test', 'kiosk.test'],
  groups: ['staff', 'admins'],
  claims: { level: [2, 3], active: [true] },
  tenants: ['11111111-2222-3333-4444-555555555555'],
});
const good = {
  email: 'alice@example.test',
  email_verified: true,
  groups: ['staff'],
  level: 3,
  active: true,
  tid: '11111111-2222-3333-4444-555555555555',
};

describe('the rules of access', () => {
  it('let pass who meets all of them, and everybody where there are none', () => {
    expect(deniedBy(everything, good)).toBeNull();
    expect(deniedBy(accessRules(undefined), {})).toBeNull();
    expect(deniedBy(accessRules({}), {})).toBeNull();
  });

  it.each([
    ['no address', { email: undefined }, 'emailDomains'],
    ['an address that nobody verified', { email_verified: false }, 'emailDomains'],
    ['a text that says verified', { email_verified: 'true' }, 'emailDomains'],
    ['a subdomain', { email: 'alice@sub.example.test' }, 'emailDomains'],
    ['a domain that ends alike', { email: 'alice@notexample.test' }, 'emailDomains'],
    ['the domain before another', { email: 'alice@example.test@evil.test' }, 'emailDomains'],
    ['a letter that is ASCII in lower case alone', { email: 'alice@\u212aiosk.test' }, 'emailDomains'],
    ['another group', { groups: ['guests'] }, 'groups'],
    ['groups in one text', { groups: 'staff admins' }, 'groups'],
    ['a number as text', { level: '3' }, 'claims.level'],
    ['a missing claim', { active: undefined }, 'claims.active'],
    ['another tenant', { tid: 'ffffffff-2222-3333-4444-555555555555' }, 'tenants'],
  ])('refuse %s', (_, change, rule) => {
    expect(deniedBy(everything, { ...good, ...change })).toBe(rule);
  });
});

describe('who may come in', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({}, {}, [{ prefix: '/staff', access: { groups: ['staff'] } }], {
      access: { emailDomains: ['example.test'] },
    });
  });
  afterEach(() => {
    rig.as.reset();
    rig.as.clearRecords();
    rig.as.settings.accessTokenLifetime = 300;
    rig.as.settings.idTokenClaims = {};
  });
  afterAll(() => rig.close());

  async function signIn(user: object, query = ''): Promise<{ jar: Jar; status: number; text: string }> {
    const jar = rig.browser();
    const start = await jar.navigate(`/bff/login?${query}`);
    const callback = await rig.as.authorize(start.headers.get('location') ?? '', { user });
    const answer = await jar.navigate(callback, { site: 'cross-site' });
    return { jar, status: answer.status, text: answer.headers.get('location') ?? (await answer.text()) };
  }

  async function viewOf(jar: Jar): Promise<SessionView> {
    return (await (await jar.fetch('/bff/session')).json()) as SessionView;
  }

  it('is asked at sign-in: a page says so, there is no session, and the tokens go', async () => {
    const { jar, status, text } = await signIn({ sub: 'bob', email: 'bob@elsewhere.test' });
    expect(status).toBe(403);
    expect(text).toContain('not_allowed');
    expect(text).toContain('prompt=select_account');
    expect((await viewOf(jar)).authenticated).toBe(false);
    await until(() => rig.as.hits('revocation') === 1, 'the tokens are revoked');
    const returned = await signIn({ sub: 'bob', email: 'bob@elsewhere.test' }, 'on_error=return');
    expect(returned.text).toBe('/?login_error=not_allowed');
  });

  it('is asked per route, of claims that the browser does not see', async () => {
    const guest = await signIn({ sub: 'guest', groups: ['guests'] });
    const refused = await guest.jar.fetch('/staff/x');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('coatcheck-problem')).toBe('not_allowed');
    expect((await guest.jar.fetch('/api/x')).status).toBe(200);
    rig.as.settings.idTokenClaims = { groups: ['staff'] };
    const staff = await signIn({ sub: 'staff' });
    expect((await staff.jar.fetch('/staff/x')).status).toBe(200);
    expect(JSON.stringify(await viewOf(staff.jar))).not.toContain('"groups"');
  });

  it('is asked at each refresh: who may not any more is signed out, and the tokens go', async () => {
    rig.as.settings.accessTokenLifetime = 0;
    const { jar } = await signIn({ sub: 'mover' });
    expect((await jar.fetch('/api/x')).status).toBe(200);
    rig.as.settings.idTokenClaims = { email: 'mover@elsewhere.test' };
    const refused = await jar.fetch('/api/x');
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_required', reason: 'revoked' });
    await until(() => rig.as.hits('revocation') >= 1, 'the tokens are revoked');
  });

  it('another address after a refresh is not verified because the one before was', async () => {
    rig.as.settings.accessTokenLifetime = 0;
    const { jar } = await signIn({ sub: 'renamed' });
    expect((await jar.fetch('/api/x')).status).toBe(200);
    rig.as.settings.idTokenClaims = { email: 'boss@example.test', email_verified: undefined };
    expect((await jar.fetch('/api/x')).status).toBe(401);
    expect((await viewOf(jar)).authenticated).toBe(false);
  });
});
