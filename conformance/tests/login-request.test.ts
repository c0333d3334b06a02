import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Starts a sign-in in a new browser and returns the authorization request. */
async function authorizationRequest(path: string, headers: Record<string, string> = {}) {
  const answer = await rig.jar().navigate(path, { site: 'same-origin', headers });
  expect([302, 303]).toContain(answer.status);
  return new URL(answer.location ?? '');
}

/** The parameters without those that are new each time. */
function steady(url: URL): Record<string, string[]> {
  const changing = new Set(['state', 'nonce', 'code_challenge']);
  const names = [...new Set(url.searchParams.keys())].filter((name) => !changing.has(name)).sort();
  return Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)]));
}

requirement('BFF-LOGIN-01', 'only the code flow is asked for, by a redirect with 302 or 303', async () => {
  const jar = rig.jar();
  const started = await jar.navigate(rig.bff.paths.login, { site: 'same-origin' });
  expect([302, 303]).toContain(started.status);
  const posted = await rig.jar().navigate(rig.bff.paths.login, { method: 'POST', site: 'same-origin' });
  expect([302, 303, 404, 405]).toContain(posted.status);
  const head = await rig.jar().navigate(rig.bff.paths.login, { method: 'HEAD', site: 'same-origin' });
  expect([302, 303, 404, 405]).toContain(head.status);
  for (const location of [started.location, posted.location, head.location]) {
    if (location === undefined) continue;
    expect(new URL(location).searchParams.getAll('response_type')).toEqual(['code']);
    expect(['query', null]).toContain(new URL(location).searchParams.get('response_mode'));
  }
  await rig.signIn(rig.jar());
  expect(rig.as.requestsOf('authorize').map(({ query }) => query.getAll('response_type'))).toEqual([
    ['code'],
  ]);
  expect(rig.as.requestsOf('token').map(({ form }) => form.get('grant_type'))).toEqual([
    'authorization_code',
  ]);
});

requirement(
  'BFF-LOGIN-02',
  'each sign-in has an S256 challenge of its own, and its verifier fits',
  async () => {
    await rig.signedIn();
    await rig.signedIn();
    const challenges = rig.as.requestsOf('authorize').map(({ query }) => {
      expect(query.getAll('code_challenge_method')).toEqual(['S256']);
      return query.get('code_challenge');
    });
    expect(new Set(challenges).size).toBe(2);
    const verifiers = rig.as.requestsOf('token').map(({ form }) => form.get('code_verifier') ?? '');
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    const hashes = verifiers.map((verifier) => createHash('sha256').update(verifier).digest('base64url'));
    expect(hashes).toEqual(challenges);
  },
);

requirement(
  'BFF-LOGIN-03',
  'in 1,000 sign-ins state and nonce are never the same and say nothing',
  async () => {
    const path = rig.bff.loginPath({
      returnTo: '/orders?id=4711',
      more: { login_hint: 'alice@example.test' },
    });
    const values: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const urls = await Promise.all(Array.from({ length: 20 }, () => authorizationRequest(path)));
      for (const { searchParams } of urls) {
        values.push(searchParams.get('state') ?? '', searchParams.get('nonce') ?? '');
      }
    }
    expect(values).toHaveLength(2_000);
    expect(new Set(values).size).toBe(2_000);
    for (const value of values) {
      expect(value).toMatch(/^[\w-]{22,}$/);
      const decoded = Buffer.from(value, 'base64url').toString('latin1');
      expect(`${value} ${decoded}`).not.toMatch(/orders|example|localhost/i);
    }
    // A counter, a clock or a fixed part would leave some position with few different characters.
    for (let at = 0; at < 21; at += 1) {
      expect(new Set(values.map((value) => value[at])).size, `position ${at}`).toBeGreaterThan(16);
    }
  },
);

const hostHeaders: Record<string, string>[] = [
  { host: 'evil.test' },
  { host: 'evil.test:80' },
  { host: 'localhost' },
  { 'x-forwarded-host': 'evil.test' },
  { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
  { forwarded: 'host=evil.test;proto=https;for=203.0.113.9' },
  { 'x-host': 'evil.test', 'x-forwarded-server': 'evil.test', 'x-original-host': 'evil.test' },
  { 'x-original-url': '//evil.test/', 'x-rewrite-url': '//evil.test/', 'x-forwarded-prefix': '/evil' },
  { referer: 'https://evil.test/', 'x-http-host-override': 'evil.test' },
];

requirement('BFF-LOGIN-04', 'redirect_uri stays as configured, whatever the headers say', async () => {
  const callback = `${rig.bff.url}${rig.bff.paths.callback('main')}`;
  for (const headers of hostHeaders) {
    const jar = rig.jar();
    const answer = await jar.navigate(rig.bff.paths.login, { site: 'same-origin', headers });
    if (answer.location === undefined) expect([400, 421]).toContain(answer.status);
    else expect(new URL(answer.location).searchParams.getAll('redirect_uri')).toEqual([callback]);
  }
  const jar = rig.jar();
  const begun = await rig.begin(jar);
  await jar.navigate(begun, { site: 'cross-site', headers: { 'x-forwarded-host': 'evil.test' } });
  expect(rig.as.requestsOf('token').map(({ form }) => form.getAll('redirect_uri'))).toEqual([[callback]]);
});

const smuggled = {
  scope: 'admin',
  client_id: 'evil',
  client_secret: 'evil',
  redirect_uri: 'https://evil.test/callback',
  response_type: 'token',
  response_mode: 'fragment',
  state: 'chosen',
  nonce: 'chosen',
  code_challenge: 'chosen',
  code_challenge_method: 'plain',
  request: 'eyJhbGciOiJub25lIn0.e30.',
  request_uri: 'https://evil.test/request',
  resource: 'https://evil.test',
  audience: 'https://evil.test',
  claims: '{"id_token":{}}',
  access_type: 'offline',
  id_token_hint: 'x',
  registration: '{}',
  auth_request_params: 'scope=admin',
  scopes: 'admin',
};

requirement(
  'BFF-LOGIN-07',
  'a query cannot add or change parameters, one by one or all together',
  async () => {
    const plain = steady(await authorizationRequest(rig.bff.loginPath()));
    const attempts = [smuggled, ...Object.entries(smuggled).map(([name, value]) => ({ [name]: value }))];
    for (const more of attempts) {
      const url = await authorizationRequest(rig.bff.loginPath({ more }));
      expect(steady(url)).toEqual(plain);
      expect(url.searchParams.get('state')).not.toBe('chosen');
      expect(url.searchParams.get('nonce')).not.toBe('chosen');
      expect(url.searchParams.get('code_challenge')).not.toBe('chosen');
    }
  },
);

requirement('BFF-LOGIN-07', 'the allow-listed parameters pass, each once and as it was written', async () => {
  const more = {
    prompt: 'login consent',
    acr_values: 'urn:one urn:two',
    max_age: '60',
    login_hint: 'alice&scope=admin@example.test',
    ui_locales: 'de-AT en',
  };
  const plain = steady(await authorizationRequest(rig.bff.loginPath()));
  const passed = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, [value]]));
  expect(steady(await authorizationRequest(rig.bff.loginPath({ more })))).toEqual({ ...plain, ...passed });
  const twice = await rig
    .jar()
    .navigate(`${rig.bff.paths.login}?prompt=login&prompt=none`, { site: 'same-origin' });
  expect(twice.status).toBe(400);
  expect(twice.location).toBeUndefined();
});

advisory(36, 'BFF-LOGIN-07', 'a link from elsewhere chooses neither scopes nor client', async () => {
  const plain = steady(await authorizationRequest(rig.bff.loginPath()));
  const link = `${rig.bff.paths.login}?scope=admin&scopes=admin&redirect_uri=https://evil.test&client_id=evil&prompt=none`;
  const answer = await rig.jar().navigate(link, { site: 'cross-site' });
  const url = new URL(answer.location ?? '');
  expect(steady(url)).toEqual({ ...plain, prompt: ['none'] });
});

advisory(
  43,
  'BFF-LOGIN-07',
  'a return address brings no parameters into the authorization request',
  async () => {
    const plain = steady(await authorizationRequest(rig.bff.loginPath()));
    const spellings = [
      '/x&audience=evil',
      '/x?a=1&scope=admin',
      '/x%26scope%3Dadmin',
      '/x#&scope=admin',
      '/x%23&scope=a',
    ];
    for (const returnTo of spellings) {
      expect(steady(await authorizationRequest(rig.bff.loginPath({ returnTo })))).toEqual(plain);
    }
    const raw = await authorizationRequest(`${rig.bff.paths.login}?return_to=/x&audience=evil&scope=admin`);
    expect(steady(raw)).toEqual(plain);
  },
);

const notNavigations: Record<string, string | undefined>[] = [
  ...[
    'image',
    'script',
    'style',
    'font',
    'audio',
    'video',
    'track',
    'manifest',
    'worker',
    'serviceworker',
  ].map((destination) => ({ 'sec-fetch-dest': destination, 'sec-fetch-mode': 'no-cors' })),
  ...['iframe', 'frame', 'embed', 'object', 'fencedframe'].map((destination) => ({
    'sec-fetch-dest': destination,
    'sec-fetch-mode': 'navigate',
  })),
  { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors' },
  { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'same-origin' },
  { 'sec-fetch-dest': 'websocket', 'sec-fetch-mode': 'websocket' },
  { 'sec-fetch-dest': 'image', 'sec-fetch-mode': undefined },
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
];

requirement(
  'BFF-LOGIN-08',
  'no sign-in starts from a subresource, a frame, a fetch or a prefetch',
  async () => {
    for (const headers of notNavigations) {
      const jar = rig.jar();
      const answer = await jar.navigate(rig.bff.loginPath(), { site: 'same-origin', headers });
      const seen = JSON.stringify(headers);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500), seen).toBe(true);
      expect(answer.location, seen).toBeUndefined();
      expect(
        [...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix)),
        seen,
      ).toEqual([]);
    }
  },
);

requirement('BFF-LOGIN-07', 'what the operator fixed is not for the query to change', async () => {
  const { issuer, client } = rig.as;
  const authorizationParameters = { prompt: 'consent', acr_values: 'urn:strong', hd: 'example.test' };
  const main = { id: 'main', issuer, ...client, authorizationParameters };
  await rig.bff.restart({ config: { providers: [main] } });
  const more = { prompt: 'none', acr_values: 'urn:weak', hd: 'evil.test' };
  const url = await authorizationRequest(rig.bff.loginPath({ more }));
  for (const [name, value] of Object.entries(authorizationParameters)) {
    expect(url.searchParams.getAll(name)).toEqual([value]);
  }
});
