import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two providers; the other one sends no `iss`, so that nothing but our own bookkeeping tells them apart. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ second: { issParameter: false } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

function at(provider: string, answer: URLSearchParams): string {
  return `${rig.bff.paths.callback(provider)}?${answer}`;
}

for (const [started, delivered] of [
  ['first', 'other'],
  ['other', 'first'],
] as const) {
  advisory(
    50,
    'BFF-CB-05',
    `an answer for ${started} is refused at the callback of ${delivered}`,
    async () => {
      const jar = rig.jar();
      const { searchParams } = new URL(await rig.begin(jar, { provider: started }));
      for (const iss of [searchParams.get('iss'), rig.as.issuer, rig.otherAs.issuer, null]) {
        const answer = new URLSearchParams(searchParams);
        answer.delete('iss');
        if (iss !== null) answer.set('iss', iss);
        const copy = jar.clone();
        const refused = await copy.navigate(at(delivered, answer), { site: 'cross-site' });
        expect(refused.status).toBe(400);
        expect(copy.cookie(rig.bff.cookies.ticket)).toBeUndefined();
      }
      expect(rig.as.hits('token') + rig.otherAs.hits('token')).toBe(0);
    },
  );
}

requirement('BFF-CB-05', 'each provider has a callback of its own, and both work', async () => {
  await rig.signedIn({ provider: 'first' });
  await rig.signedIn({ provider: 'other' });
  const uris = [rig.as, rig.otherAs].map((server) =>
    server.requestsOf('authorize')[0]?.query.get('redirect_uri'),
  );
  expect(uris).toEqual(['first', 'other'].map((id) => `${rig.bff.url}${rig.bff.paths.callback(id)}`));
  expect(new Set(uris).size).toBe(2);
});

requirement(
  'BFF-CB-04',
  'a provider that sends no iss is believed, one that sends a wrong iss is not',
  async () => {
    const jar = rig.jar();
    const { searchParams } = new URL(await rig.begin(jar, { provider: 'other' }));
    for (const iss of ['https://evil.test', rig.as.issuer]) {
      const answer = new URLSearchParams(searchParams);
      answer.set('iss', iss);
      const refused = await jar.clone().navigate(at('other', answer), { site: 'cross-site' });
      expect(refused.status).toBe(400);
    }
    expect(rig.otherAs.hits('token')).toBe(0);
    await rig.signedIn({ provider: 'other' });
  },
);

requirement('BFF-SESS-10', 'the same subject and e-mail at two providers are two people', async () => {
  const first = await rig.signedIn({ provider: 'first' });
  const other = await rig.signedIn({ provider: 'other' });
  expect(await rig.session(first)).toMatchObject({ provider: 'first', user: { sub: 'alice-0001' } });
  expect(await rig.session(other)).toMatchObject({ provider: 'other', user: { sub: 'alice-0001' } });
  await rig.bff.endSubject(rig.otherAs.issuer, 'alice-0001');
  expect(await rig.session(first)).toMatchObject({ authenticated: true });
  expect(await rig.session(other)).toEqual({ authenticated: false, reason: 'revoked' });
  // The same browser, the same sub, another issuer: somebody else, so what was cached goes.
  const answer = await rig.signIn(first, { provider: 'other' });
  expect(answer.headers.get('clear-site-data')).toContain('"cache"');
});

requirement('BFF-SESS-10', 'another e-mail address under the same subject is the same person', async () => {
  const jar = await rig.signedIn({ provider: 'first' });
  const before = jar.clone();
  const answer = await rig.signIn(jar, {
    provider: 'first',
    user: { email: 'new@example.test', name: 'New Name' },
  });
  expect(answer.headers.get('clear-site-data')).toBeNull();
  expect(await rig.session(jar)).toMatchObject({ user: { sub: 'alice-0001', email: 'new@example.test' } });
  expect(await rig.session(before)).toEqual({ authenticated: false, reason: 'replaced' });
  const elsewhere = await rig.signedIn({ provider: 'first' });
  await rig.bff.endSubject(rig.as.issuer, 'alice-0001');
  for (const ended of [jar, elsewhere])
    expect(await rig.session(ended)).toMatchObject({ authenticated: false });
});
