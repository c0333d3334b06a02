import { randomUUID } from 'node:crypto';
import type { SessionView } from '@coatcheck/protocol';
import { type AuthorizationServer, type Jar, startAuthorizationServer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig, until } from './rig.ts';

/** Tokens that are refreshed at each call, and an ID token with each of them. */
let rig: Rig;
let other: AuthorizationServer;
beforeAll(async () => {
  other = await startAuthorizationServer();
  const main = await startAuthorizationServer();
  const provider = (as: AuthorizationServer) => ({
    issuer: as.issuer,
    clientId: as.client.clientId,
    clientSecret: as.client.clientSecret,
  });
  rig = await startRig(
    {
      providers: [
        { id: 'demo', ...provider(main) },
        { id: 'other', ...provider(other), access: { emailDomains: ['partner.test'] } },
      ],
    },
    {},
    [{ prefix: '/other', provider: 'other', resource: 'urn:other' }],
  );
  rig = { ...rig, as: main };
});
afterEach(() => {
  for (const as of [rig.as, other]) {
    as.reset();
    as.clearRecords();
    as.settings.idTokenClaims = {};
  }
});
afterAll(async () => {
  await rig.close();
  await Promise.all([other.close(), rig.as.close()]);
});

async function viewOf(jar: Jar): Promise<SessionView> {
  return (await (await jar.fetch('/bff/session')).json()) as SessionView;
}

/** Signed in at the one, with an account of the other. */
async function connected(): Promise<{ jar: Jar; sub: string }> {
  other.settings.accessTokenLifetime = 0;
  const sub = randomUUID();
  const jar = rig.browser();
  await rig.signIn(jar);
  const begun = await jar.fetch('/bff/connections/other', { method: 'POST' });
  const { redirectTo } = (await begun.json()) as { redirectTo: string };
  const user = { sub, email: 'pat@partner.test', email_verified: true };
  const end = await jar.navigate(await other.authorize(redirectTo, { user }), { site: 'cross-site' });
  expect(end.headers.get('location')).toBe('/');
  return { jar, sub };
}

async function expectDropped(jar: Jar): Promise<void> {
  const answer = await jar.fetch('/other/x');
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'connection_required', provider: 'other' });
  expect(await viewOf(jar)).toMatchObject({ authenticated: true, connections: ['demo'] });
  expect((await jar.fetch('/api/x')).status).toBe(200);
}

describe('the ID token of a refresh, for a connected account', () => {
  it('lets the account go on with what it says, and with nothing said', async () => {
    const { jar } = await connected();
    expect((await jar.fetch('/other/x')).status).toBe(200);
    const off = other.change('tokenResponse', 'always', (members) => {
      delete members.id_token;
    });
    expect((await jar.fetch('/other/x')).status).toBe(200);
    off();
    // An ID token that says less than the one of the sign-in.
    other.change('idToken', 'always', ({ claims }) => {
      delete claims.email;
      delete claims.email_verified;
    });
    expect((await jar.fetch('/other/x')).status).toBe(200);
    expect(await viewOf(jar)).toMatchObject({ connections: ['demo', 'other'] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another sub', { sub: 'somebody-else' }],
    ['another audience besides', { aud: ['coatcheck-test', 'another-client'] }],
    ['azp of another client', { azp: 'another-client' }],
    ['another issuer', { iss: 'https://evil.test' }],
  ])('BFF-REF-15: %s: that account is dropped, and the session stays', async (_, claims) => {
    const { jar } = await connected();
    other.settings.idTokenClaims = claims;
    await expectDropped(jar);
  });

  it('BFF-REF-15: an access token in the place of an ID token is none', async () => {
    const { jar } = await connected();
    other.change('idToken', 'always', ({ header }) => {
      header.typ = 'at+jwt';
    });
    await expectDropped(jar);
  });

  it('who may not come in any more is dropped, and the tokens go', async () => {
    const { jar } = await connected();
    expect((await jar.fetch('/other/x')).status).toBe(200);
    other.settings.idTokenClaims = { email: 'pat@elsewhere.test' };
    await expectDropped(jar);
    await until(() => other.hits('revocation') === 1, 'what the refresh brought is revoked');
    expect(rig.as.hits('revocation')).toBe(0);
  });

  it('another address is not verified because the one before was', async () => {
    const { jar } = await connected();
    other.settings.idTokenClaims = { email: 'boss@partner.test', email_verified: undefined };
    await expectDropped(jar);
  });
});
