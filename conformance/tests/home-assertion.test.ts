import { createHash, generateKeyPairSync } from 'node:crypto';
import { jsonAnswer } from '@coatcheck/testing';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { readEvents } from '../endings/event-reader.ts';
import { type GitHub, githubAt, imitateGitHub } from '../imitations/github.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clientKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let rig: Rig;
let github: GitHub;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    second: { signingAlgorithm: 'ES256' },
    idleTimeout: 40_000,
    provider: (server) => ({ ...githubAt(server), id: 'first' }),
    config: { clientKeys: [clientKey] },
    routes: (upstream) => [
      {
        prefix: '/api',
        upstream: upstream.url,
        provider: 'other',
        config: { resource: 'urn:notes', homeAssertion: true, scopes: ['notes:read'] },
      },
      { prefix: '/plain', upstream: upstream.url, provider: 'other', config: { session: 'optional' } },
    ],
  });
});
beforeEach(() => {
  rig.reset();
  github = imitateGitHub(rig.as);
  answerAssertions();
});
afterAll(() => rig.close());

let given = 0;

/** The home server gives a token for each assertion; what it was asked is recorded. */
function answerAssertions(lifetime = 300, scope: string | null = 'notes:read notes:write'): void {
  rig.otherAs.on('token', 'always', ({ request }, next) => {
    if (request.form.get('grant_type') !== jwtBearer) return next();
    given += 1;
    const access_token = `home-token-${given}`;
    return jsonAnswer({
      access_token,
      token_type: 'Bearer',
      expires_in: lifetime,
      ...(scope === null ? {} : { scope }),
    });
  });
}

const assertions = () =>
  rig.otherAs.requestsOf('token').filter(({ form }) => form.get('grant_type') === jwtBearer);
const sentTokens = () => rig.upstream.requests.map(({ headers }) => headers.authorization);

async function published(): Promise<JSONWebKeySet> {
  const answer = await rig.jar().navigate('/bff/jwks');
  return JSON.parse(await answer.text());
}

requirement(
  'BFF-PROV-06',
  'after a GitHub sign-in, the API of the home server gets a token for an assertion about the person',
  async () => {
    const before = Math.floor(Date.now() / 1_000);
    const jar = await rig.signedIn({ provider: 'first' });
    expect((await rig.call(jar)).status).toBe(200);
    expect(sentTokens()).toEqual([`Bearer home-token-${given}`]);

    const [request] = assertions();
    expect(Object.fromEntries(request?.form ?? [])).toMatchObject({
      resource: 'urn:notes',
      grant_type: jwtBearer,
    });
    expect(request?.headers.authorization).toMatch(/^Basic /);
    expect(request?.form.has('client_secret')).toBe(false);
    const { payload, protectedHeader } = await jwtVerify(
      request?.form.get('assertion') ?? '',
      createLocalJWKSet(await published()),
      { typ: 'home-assertion+jwt', issuer: rig.otherAs.client.clientId, audience: rig.otherAs.issuer },
    );
    const at = [rig.as.issuer, '583231'];
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({
      aud: rig.otherAs.issuer,
      sub: `federated:${createHash('sha256').update(JSON.stringify(at)).digest('base64url')}`,
      sub_id: { format: 'iss_sub', iss: at[0], sub: at[1] },
      jti: expect.stringMatching(/^[\w-]{32}$/),
      name: 'Mona Octocat',
      email: 'mona@octo.test',
      email_verified: true,
    });
    const { iat = 0, exp = 0, auth_time: authTime } = payload;
    expect(exp - iat).toBe(60);
    expect(Number(authTime)).toBeGreaterThanOrEqual(before);
    expect(Number(authTime)).toBeLessThanOrEqual(iat);
  },
);

requirement('BFF-PROV-06', "the other provider's own token goes nowhere with it", async () => {
  const jar = await rig.signedIn({ provider: 'first' });
  await rig.call(jar);
  const [token] = rig.as
    .issued()
    .filter(({ kind }) => kind === 'access_token')
    .slice(-1);
  const all = [...rig.otherAs.requests, ...rig.upstream.requests].map(
    ({ target, body, rawHeaders }) => `${target} ${body} ${rawHeaders.join(' ')}`,
  );
  expect(all.join('\n')).not.toContain(token?.value);
});

requirement(
  'BFF-PROV-06',
  'the token is kept while it lives, and then got by a new assertion, once for all calls',
  async () => {
    const jar = await rig.signedIn({ provider: 'first' });
    await rig.call(jar);
    await rig.call(jar);
    expect(assertions()).toHaveLength(1);
    await rig.advance(280);
    const answers = await Promise.all([1, 2, 3].map(() => rig.call(jar)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ids = assertions().map(({ form }) => decodeJwt(form.get('assertion') ?? '').jti);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toHaveLength(2);
    expect(sentTokens().at(-1)).toBe(`Bearer home-token-${given}`);
  },
);

requirement('BFF-PROV-06', 'an answer that was lost is asked for again with a new assertion', async () => {
  const jar = await rig.signedIn({ provider: 'first' });
  rig.otherAs.on('token', 'once', ({ response }) => {
    response.destroy();
    return 'handled';
  });
  expect((await rig.call(jar)).status).toBe(200);
  const ids = assertions().map(({ form }) => decodeJwt(form.get('assertion') ?? '').jti);
  expect(new Set(ids).size).toBe(2);
});

requirement('BFF-PROV-06', 'a home server that refuses the assertion ends no session', async () => {
  const jar = await rig.signedIn({ provider: 'first' });
  rig.otherAs.on('token', 'once', () => jsonAnswer({ error: 'invalid_grant' }, 400));
  const answer = await rig.call(jar);
  expect(answer.headers.get('coatcheck-problem')).toBe('token_denied');
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  await rig.advance(2);
  expect((await rig.call(jar)).status).toBe(200);
});

requirement('BFF-PROV-06', 'a home server that is down ends no session', async () => {
  const jar = await rig.signedIn({ provider: 'first' });
  rig.otherAs.on('token', 'once', () => ({ status: 503 }));
  const answer = await rig.call(jar);
  expect(answer.headers.get('coatcheck-problem')).toBe('refresh_unavailable');
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-PROV-06',
  "who signed in at home gets home's own token, and no assertion is made",
  async () => {
    const jar = await rig.signedIn({ provider: 'other' });
    // The scope of the route is what this sign-in did not bring; the token is the sign-in's own all the same.
    expect((await rig.call(jar)).headers.get('coatcheck-problem')).toBe('insufficient_scope');
    expect(assertions()).toHaveLength(0);
  },
);

requirement('BFF-PROV-03', 'a session lives on where no route uses the token of its provider', async () => {
  github.app = 'github';
  rig.as.settings.refreshTokens = 'none';
  const jar = await rig.signedIn({ provider: 'first' });
  expect((await rig.session(jar)).expiresIn).toBeGreaterThan(43_000);
  await rig.advance(30_000);
  expect((await rig.call(jar)).status).toBe(200);
  rig.as.settings.refreshTokens = 'rotate';
});

requirement(
  'BFF-SESS-06',
  'the app is told what the tokens of the home server may, once that is known, and not what GitHub granted',
  async () => {
    const jar = await rig.signedIn({ provider: 'first' });
    expect(await rig.session(jar)).toMatchObject({ provider: 'first', scopes: [] });
    const reader = await readEvents(jar, rig.bff.paths.events);
    expect((await rig.call(jar)).status).toBe(200);
    const scopes = ['notes:read', 'notes:write'];
    expect(await rig.session(jar)).toMatchObject({ provider: 'first', scopes });
    await expect
      .poll(() => reader.events.filter(({ name }) => name === 'claims-changed').map(({ data }) => data))
      .toMatchObject([{ session: { scopes } }]);
    reader.close();
  },
);

requirement(
  'BFF-PROV-06',
  'a scope that GitHub granted is none of the token that the home server gave without a word on scopes',
  async () => {
    github.scope = 'notes:read';
    answerAssertions(300, null);
    const jar = await rig.signedIn({ provider: 'first' });
    const refused = await rig.call(jar);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'insufficient_scope', scope: 'notes:read' });
    expect(rig.upstream.hits()).toBe(0);
  },
);
