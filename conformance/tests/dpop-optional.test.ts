import { headerValues, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { proofsAt, readProof } from '../evidence/proofs.ts';
import { claimsOf } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
const providers = (dpop: string) => {
  const { clientId, clientSecret } = rig.as.client;
  return [{ id: 'main', issuer: rig.as.issuer, clientId, clientSecret, dpop }];
};
beforeAll(async () => {
  rig = await startRig({
    as: { dpop: 'offered', resources: ['urn:notes', 'urn:files'] },
    provider: { config: { dpop: 'when-offered' } },
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, config: { resource: 'urn:notes' } },
      { prefix: '/files', upstream: url, config: { resource: 'urn:files', tokenExchange: true } },
    ],
  });
});
afterEach(() => {
  rig.as.settings.dpop = 'offered';
  rig.reset();
});
afterAll(() => rig.close());

requirement(
  'BFF-ADV-04',
  'without PAR the request itself names the key, and the code is bound to it',
  async () => {
    const jar = await rig.signedIn();
    const [asked] = rig.as.requestsOf('authorize');
    const [redeemed] = rig.as.requestsOf('token');
    const { jkt } = await readProof(String(redeemed?.headers.dpop));
    expect(asked?.query.get('dpop_jkt')).toBe(jkt);
    await rig.call(jar);
    expect((await proofsAt(rig.upstream))[0]?.jkt).toBe(jkt);
  },
);

requirement(
  'BFF-ADV-04',
  'a token got by exchange is bound to the same key, and proven as any other',
  async () => {
    const jar = await rig.signedIn();
    expect((await jar.fetch('/api/notes')).status).toBe(200);
    expect((await jar.fetch('/files/a')).status).toBe(200);
    const [notes, files] = await proofsAt(rig.upstream);
    expect([notes?.scheme, files?.scheme]).toEqual(['DPoP', 'DPoP']);
    expect(files?.token).not.toBe(notes?.token);
    expect(files?.jkt).toBe(notes?.jkt);
    expect(claimsOf(files?.token ?? '')).toMatchObject({ aud: 'urn:files', cnf: { jkt: files?.jkt } });
    expect(files?.claims).toMatchObject({ htu: `${rig.upstream.url}/files/a`, ath: files?.ath });
  },
);

requirement(
  'BFF-ADV-06',
  'where it is not required, a bearer token is used as one, without a proof',
  async () => {
    rig.as.change('tokenResponse', 'always', withMembers({ token_type: 'bearer' }));
    const jar = await rig.signedIn();
    expect((await rig.call(jar)).status).toBe(200);
    const [request = { rawHeaders: [] }] = rig.upstream.requests;
    expect(headerValues(request, 'authorization')[0]).toMatch(/^Bearer /);
    expect(headerValues(request, 'dpop')).toEqual([]);
  },
);

requirement('BFF-ADV-06', 'a DPoP token that nobody asked for is not taken', async () => {
  await rig.bff.restart({ config: { providers: providers('never') } });
  rig.as.change('tokenResponse', 'once', withMembers({ token_type: 'DPoP' }));
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  expect(answer.headers.get('coatcheck-problem')).toBe('provider_response_invalid');
  expect(rig.as.requestsOf('token')[0]?.headers.dpop).toBeUndefined();
});

requirement(
  'BFF-ADV-06',
  'once it is required, a session of bearer tokens ends at its next refresh; one with a key goes on whatever is said',
  async () => {
    await rig.bff.restart({ config: { providers: providers('never') } });
    const plain = await rig.signedIn();
    await rig.bff.restart({ config: { providers: providers('required') } });
    const bound = await rig.signedIn();
    await rig.advance(301);
    const refused = await rig.call(plain);
    expect([refused.status, await refused.json()]).toMatchObject([401, { reason: 'refused' }]);
    expect((await rig.call(bound)).status).toBe(200);

    await rig.bff.restart({ config: { providers: providers('never') } });
    await rig.advance(301);
    expect((await rig.call(bound)).status).toBe(200);
    expect((await proofsAt(rig.upstream)).map(({ scheme }) => scheme)).toEqual(['DPoP', 'DPoP']);
  },
);
