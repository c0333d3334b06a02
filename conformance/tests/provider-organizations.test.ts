import type { AuthorizationServer } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { postLogoutToken } from '../endings/logout-token.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const [ours, sister, stranger] = [
  '11111111-2222-3333-4444-555555555555',
  'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  '99999999-8888-7777-6666-555555555555',
];

let microsoft: Rig;
let google: Rig;
beforeAll(async () => {
  [microsoft, google] = await Promise.all([
    startRig({
      as: { path: '/organizations/v2.0', issParameter: false },
      provider: (as) => {
        nameTemplate(as);
        const endpoints = { web: new URL(as.issuer).origin };
        return {
          config: { profile: 'microsoft', issuer: undefined, endpoints, tenants: [ours, sister] },
        };
      },
    }),
    startRig({ provider: { config: { profile: 'google', hostedDomains: ['example.com', 'example.org'] } } }),
  ]);
});
beforeEach(() => {
  for (const rig of [microsoft, google]) rig.reset();
  nameTemplate(microsoft.as);
});
afterAll(() => Promise.all([microsoft.close(), google.close()]));

const issuerOf = (tenant: string) => `${new URL(microsoft.as.issuer).origin}/${tenant}/v2.0`;

/** What the metadata for all organizations says of the issuer. */
function nameTemplate(as: AuthorizationServer): void {
  as.change('metadata', 'always', (metadata) => {
    metadata.issuer = `${new URL(as.issuer).origin}/{tenantid}/v2.0`;
  });
}

function say(claims: Record<string, unknown>): void {
  microsoft.as.change('idToken', 'always', (draft) => {
    Object.assign(draft.claims, claims);
  });
}

async function problemOf(rig: Rig): Promise<string | null> {
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  return answer.headers.get('coatcheck-problem');
}

requirement(
  'BFF-IDT-06',
  'Microsoft: people of each named tenant sign in, under the issuer of their own',
  async () => {
    for (const tid of [ours, sister]) {
      say({ iss: issuerOf(tid), tid });
      expect(await problemOf(microsoft)).toBeNull();
      await microsoft.bff.endSubject(issuerOf(tid), microsoft.as.settings.user.sub);
    }
    expect(microsoft.bff.log()).toContain('"reason":"revoked"');
  },
);

requirement(
  'BFF-IDT-06',
  'Microsoft: another tenant is refused, and so is a tid that is not in the issuer',
  async () => {
    for (const claims of [
      { iss: issuerOf(stranger), tid: stranger },
      { iss: issuerOf(stranger), tid: ours },
      { iss: issuerOf(ours), tid: stranger },
      { iss: issuerOf(ours), tid: undefined },
      { iss: issuerOf('{tenantid}'), tid: ours },
      { iss: 'https://evil.test/v2.0', tid: ours },
    ]) {
      say(claims);
      expect(await problemOf(microsoft), JSON.stringify(claims)).toBe('id_token_invalid');
    }
  },
);

requirement(
  'BFF-REF-15',
  'Microsoft: the ID token of a refresh is of the same tenant, or the session ends',
  async () => {
    say({ iss: issuerOf(ours), tid: ours });
    for (const [claims, reason] of [
      [{ iss: issuerOf(ours), tid: ours }, undefined],
      [{ iss: issuerOf(sister), tid: sister }, 'refused'],
      [{ iss: issuerOf(stranger), tid: stranger }, 'refused'],
      [{ iss: issuerOf(ours), tid: stranger }, 'refused'],
      [{ iss: issuerOf(ours), tid: undefined }, 'refused'],
    ] as const) {
      say({ iss: issuerOf(ours), tid: ours });
      const jar = await microsoft.signedIn();
      say(claims);
      await microsoft.advance(290);
      const answer = await microsoft.call(jar);
      expect(answer.status, JSON.stringify(claims)).toBe(reason ? 401 : 200);
      if (reason) expect(await answer.json(), JSON.stringify(claims)).toMatchObject({ reason });
      expect((await microsoft.session(jar)).authenticated).toBe(reason === undefined);
    }
  },
);

requirement('BFF-PROV-01', 'Google: whom a refresh shows to be of another domain is signed out', async () => {
  for (const [hd, status] of [
    ['example.com', 200],
    ['example.org', 200],
    ['evil.com', 401],
    [undefined, 401],
  ] as const) {
    let now: string | undefined = 'example.com';
    const off = google.as.change('idToken', 'always', ({ claims }) => {
      claims.hd = now;
    });
    const jar = await google.signedIn();
    now = hd;
    await google.advance(290);
    expect((await google.call(jar)).status, hd).toBe(status);
    expect((await google.session(jar)).authenticated, hd).toBe(status === 200);
    off();
  }
});

requirement(
  'BFF-PROV-01',
  'Google: the claim hd decides who may come in, and the request only hints at it',
  async () => {
    const people: [string | undefined, string | null][] = [
      ['example.com', null],
      ['example.org', null],
      ['evil.com', 'not_allowed'],
      [undefined, 'not_allowed'],
    ];
    for (const [hd, problem] of people) {
      const off = google.as.change('idToken', 'once', (draft) => {
        draft.claims.hd = hd;
      });
      expect(await problemOf(google), hd).toBe(problem);
      off();
    }
    expect(google.as.requestsOf('authorize')[0]?.authorization?.get('hd')).toBe('*');
  },
);

/** The issuers of nobody who can sign in here. */
const foreign = () => [
  issuerOf(stranger),
  issuerOf('{tenantid}'),
  issuerOf(''),
  issuerOf(`${ours}/x`),
  `${issuerOf(ours)}/`,
  `${issuerOf(ours)}.evil.test`,
  `https://evil.test/${ours}/v2.0`,
  `${new URL(microsoft.as.issuer).origin}/organizations/v2.0`,
];

requirement(
  'BFF-LOGOUT-10',
  'Microsoft: a frame may name the issuer of each tenant that may sign in',
  async () => {
    const framed = (iss: string, sid: string) =>
      microsoft
        .jar()
        .navigate(`${microsoft.bff.paths.frontchannelLogout}?${new URLSearchParams({ iss, sid })}`, {
          site: 'cross-site',
          headers: { 'sec-fetch-dest': 'iframe', 'sec-fetch-user': undefined },
        });
    for (const [tid, another] of [
      [ours, sister],
      [sister, ours],
    ] as const) {
      microsoft.as.settings.sid = `front-${tid}`;
      say({ iss: issuerOf(tid), tid });
      const jar = await microsoft.signedIn();
      for (const iss of [...foreign(), issuerOf(another)]) await framed(iss, `front-${tid}`);
      expect(await microsoft.session(jar)).toMatchObject({ authenticated: true });
      await framed(issuerOf(tid), `front-${tid}`);
      expect(await microsoft.session(jar)).toEqual({ authenticated: false, reason: 'provider-logout' });
    }
    delete microsoft.as.settings.sid;
  },
);

requirement('BFF-LOGOUT-06', 'Microsoft: a logout token may name the issuer of each tenant too', async () => {
  for (const tid of [ours, sister]) {
    say({ iss: issuerOf(tid), tid });
    const { sub } = microsoft.as.settings.user;
    const jar = await microsoft.signedIn();
    for (const iss of foreign()) {
      const refused = await postLogoutToken(microsoft, await microsoft.as.signLogoutToken({ sub, iss }));
      expect(refused.status, iss).toBe(400);
    }
    expect(await microsoft.session(jar)).toMatchObject({ authenticated: true });
    const token = await microsoft.as.signLogoutToken({ sub, iss: issuerOf(tid) });
    expect((await postLogoutToken(microsoft, token)).status).toBe(200);
    expect(await microsoft.session(jar)).toEqual({ authenticated: false, reason: 'provider-logout' });
  }
});
