import { expect, test } from 'vitest';
import { readEnvironment } from '../src/environment.ts';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  const read = readEnvironment(environment);
  return read.kind === 'invalid' ? read.problems : [];
}

test('an empty environment gives the defaults', () => {
  expect(readEnvironment({})).toEqual({
    kind: 'valid',
    options: {
      port: 9400,
      host: '127.0.0.1',
      dataDirectory: '.data',
      publicUrl: 'http://localhost:3000',
      apiAudience: 'urn:coatcheck:demo-api',
      lifetimes: { accessToken: 300, refreshToken: 28_800 },
      exposed: false,
    },
    emulators: {},
  });
});

test('every variable is read', () => {
  const read = readEnvironment({
    IDP_PORT: '0',
    IDP_HOST: '::1',
    DATA_DIR: '/tmp/x',
    PUBLIC_URL: 'https://app.example/',
    API_AUDIENCE: 'https://api.example',
    IDP_ACCESS_TOKEN_TTL: '5',
    IDP_REFRESH_TOKEN_TTL: '60',
    IDP_ISSUER: 'http://127.0.0.1:9999',
    GOOGLE_EMULATOR_PORT: '9401',
    GITHUB_EMULATOR_PORT: '0',
    FACEBOOK_EMULATOR_PORT: '',
  });
  expect(read).toMatchObject({
    kind: 'valid',
    options: {
      port: 0,
      host: '::1',
      dataDirectory: '/tmp/x',
      publicUrl: 'https://app.example',
      apiAudience: 'https://api.example',
      lifetimes: { accessToken: 5, refreshToken: 60 },
      issuer: 'http://127.0.0.1:9999',
    },
    emulators: { google: 9401, github: 0 },
  });
});

test('all problems are told at once, each with key, problem and fix', () => {
  const problems = problemsOf({
    IDP_PORT: '65536',
    IDP_HOST: '0.0.0.0',
    PUBLIC_URL: 'localhost:3000',
    API_AUDIENCE: 'api#x',
    IDP_ACCESS_TOKEN_TTL: '0',
    IDP_REFRESH_TOKEN_TTL: '8h',
    IDP_ISSUER: 'http://idp.example',
    IDP_I_KNOW_THIS_IS_A_DEMO: 'yes',
    NODE_ENV: 'production',
  });
  const keys = problems.map((problem) => problem.replace(/:.*/s, ''));
  expect(keys.sort()).toEqual([
    'API_AUDIENCE',
    'IDP_ACCESS_TOKEN_TTL',
    'IDP_HOST',
    'IDP_ISSUER',
    'IDP_I_KNOW_THIS_IS_A_DEMO',
    'IDP_PORT',
    'IDP_REFRESH_TOKEN_TTL',
    'NODE_ENV',
    'PUBLIC_URL',
  ]);
  expect(problems.join('\n')).toContain(
    'IDP_PORT: "65536" is not a whole number from 0 to 65535: for example 9400',
  );
});

test.each([
  'ftp://127.0.0.1',
  'http://127.0.0.1:9400/path',
  'http://user@127.0.0.1:9400',
  'http://127.0.0.1:9400/?x',
  'nonsense',
])('the issuer %s is refused', (issuer) => {
  expect(problemsOf({ IDP_ISSUER: issuer })[0]).toContain('IDP_ISSUER');
});

test.each(['localhost', '127.0.0.2', '::1', 'idp.localhost'])('BFF-OP-01: %s is loopback', (host) => {
  expect(problemsOf({ IDP_HOST: host })).toEqual([]);
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', 'example.com'])(
  'BFF-OP-01: %s is not, and needs the override',
  (host) => {
    expect(problemsOf({ IDP_HOST: host })[0]).toContain('IDP_I_KNOW_THIS_IS_A_DEMO=1');
    expect(problemsOf({ IDP_HOST: host, IDP_I_KNOW_THIS_IS_A_DEMO: '1' })).toEqual([]);
  },
);

test('the attack lab’s app is a client where the demo says so, and on this machine alone', () => {
  expect(problemsOf({ LAB_ORIGIN: 'http://lab.example:9404' })).toEqual([
    expect.stringMatching(/^LAB_ORIGIN: .* is not on this machine/),
  ]);
  expect(readEnvironment({ LAB_ORIGIN: 'http://127.0.0.1:9404' })).toMatchObject({
    kind: 'valid',
    options: {
      moreClients: [{ client_id: 'lab-storage', redirect_uris: ['http://127.0.0.1:9404/callback'] }],
    },
  });
});
