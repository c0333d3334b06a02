import { jsonAnswer } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type GitHub, githubAt, imitateGitHub } from '../imitations/github.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let github: GitHub;
beforeAll(async () => {
  const as = { refreshTokens: 'rotate', accessTokenLifetime: 28_800 } as const;
  rig = await startRig({
    as,
    idleTimeout: 40_000,
    provider: (server) => githubAt(server, { scopes: ['repo', 'gist'] }),
  });
});
beforeEach(() => {
  rig.reset();
  github = imitateGitHub(rig.as);
});
afterAll(() => rig.close());

const tokenRequests = () => rig.as.requestsOf('token');
const calls = (path: string) => rig.as.requestsOf('unknown').filter((one) => one.path === path);

requirement('BFF-PROV-04', 'JSON is asked for, and a form that comes all the same is read', async () => {
  github.format = 'form';
  github.scope = 'repo,gist';
  const jar = await rig.signedIn();
  expect(await rig.session(jar)).toMatchObject({ authenticated: true, scopes: ['repo', 'gist'] });
  expect(tokenRequests().map(({ headers }) => headers.accept)).toEqual(['application/json']);
  expect((await rig.call(jar)).status).toBe(200);
});

requirement('BFF-PROV-04', 'scopes that came back with commas count one by one', async () => {
  github.scope = 'gist,repo';
  expect(await rig.session(await rig.signedIn())).toMatchObject({ scopes: ['gist', 'repo'] });
});

requirement('BFF-PROV-05', 'bad_verification_code with status 200 refuses the sign-in', async () => {
  github.errors.push('bad_verification_code');
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  expect(answer.headers.get('coatcheck-problem')).toBe('provider_error');
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  expect(tokenRequests()).toHaveLength(1);
});

requirement(
  'BFF-PROV-05',
  'bad_refresh_token with status 200 ends the session, after one attempt',
  async () => {
    github.app = 'github';
    const jar = await rig.signedIn();
    await rig.advance(28_790);
    rig.as.clearRecords();
    github.errors.push('bad_refresh_token');
    expect(await (await rig.call(jar.clone())).json()).toMatchObject({
      code: 'session_required',
      reason: 'refused',
    });
    expect(tokenRequests()).toHaveLength(1);
    expect(await rig.session(jar)).toMatchObject({ authenticated: false, reason: 'refused' });
  },
);

requirement(
  'BFF-PROV-05',
  'wrong client credentials with status 200 are a matter of configuration',
  async () => {
    github.errors.push('incorrect_client_credentials');
    const jar = rig.jar();
    const answer = await rig.finish(jar, await rig.begin(jar));
    expect(answer.headers.get('coatcheck-problem')).toBe('provider_misconfigured');
  },
);

requirement('BFF-PROV-06', 'the subject is the number, whatever the person is called', async () => {
  const before = await rig.session(await rig.signedIn());
  expect(before.user).toEqual({
    sub: '583231',
    name: 'Mona Octocat',
    given_name: 'Mona',
    family_name: 'Octocat',
    preferred_username: 'octocat',
    email: 'mona@octo.test',
    email_verified: true,
    picture: 'https://a.test/1',
  });
  github.user = { ...github.user, login: 'renamed', name: null };
  const after = await rig.session(await rig.signedIn());
  expect(after.user).toMatchObject({ sub: '583231', preferred_username: 'renamed', name: 'renamed' });
});

requirement('BFF-PROV-06', 'PKCE with S256 and state are used, and no nonce', async () => {
  await rig.signedIn();
  const [request] = rig.as.requestsOf('authorize');
  const asked = request?.authorization;
  expect(asked?.get('code_challenge_method')).toBe('S256');
  expect(asked?.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  expect(asked?.get('state')).toMatch(/^[\w-]{43}$/);
  expect(asked?.has('nonce')).toBe(false);
  expect(tokenRequests()[0]?.form.get('code_verifier')).toMatch(/^[\w-]{43}$/);
});

requirement('BFF-PROV-06', 'a token that does not end is never refreshed', async () => {
  const jar = await rig.signedIn();
  rig.as.clearRecords();
  await rig.advance(39_000);
  expect((await rig.call(jar)).status).toBe(200);
  expect(tokenRequests()).toHaveLength(0);
});

requirement(
  'BFF-PROV-06',
  "a GitHub App's tokens are refreshed, with rotation, once for all calls",
  async () => {
    github.app = 'github';
    const jar = await rig.signedIn();
    const first = rig.as
      .issued()
      .filter(({ kind }) => kind === 'refresh_token')
      .at(-1)?.value;
    await rig.advance(28_790);
    rig.as.clearRecords();
    const answers = await Promise.all([1, 2, 3].map(() => rig.call(jar)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(tokenRequests().map(({ form }) => form.get('refresh_token'))).toEqual([first]);
    await rig.advance(1_700);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement('BFF-PROV-06', 'an API that names no number signs nobody in', async () => {
  github.user = { login: 'octocat' };
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  expect(answer.headers.get('coatcheck-problem')).toBe('provider_response_invalid');
});

requirement('BFF-PROV-11', 'GitHub: the token is deleted in its own way at sign-out', async () => {
  const jar = await rig.signedIn();
  const token =
    rig.as
      .issued()
      .filter(({ kind }) => kind === 'access_token')
      .at(-1)?.value ?? '';
  await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
  await expect.poll(() => rig.as.isActive(token)).toBe(false);
  const path = `/applications/${rig.as.client.clientId}/token`;
  const [deletion] = calls(path);
  expect(deletion?.method).toBe('DELETE');
  expect(deletion?.headers.authorization).toMatch(/^Basic /);
  expect(JSON.parse(deletion?.text ?? '')).toEqual({ access_token: token });
  expect(rig.as.hits('revocation')).toBe(0);
});

const badCredentials = () => jsonAnswer({ message: 'Bad credentials', status: '401' }, 401);

requirement(
  'BFF-PROV-06',
  "a GitHub App's token that its API refuses is refreshed, and the call sent again",
  async () => {
    github.app = 'github';
    const jar = await rig.signedIn();
    await rig.advance(60);
    rig.as.clearRecords();
    rig.upstream.on('/api/notes', 'once', badCredentials);
    expect((await rig.call(jar)).status).toBe(200);
    expect(tokenRequests()).toHaveLength(1);
    const [refused, accepted] = rig.upstream.requests.map(({ headers }) => headers.authorization);
    expect(accepted).not.toBe(refused);
  },
);

requirement(
  'BFF-PROV-06',
  "an OAuth App's token that its API refuses, one of more than ten, means: sign in again",
  async () => {
    const jar = await rig.signedIn();
    rig.upstream.on('/api/notes', 'once', badCredentials);
    const answer = await rig.call(jar.clone());
    expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
    expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'refused' });
  },
);
