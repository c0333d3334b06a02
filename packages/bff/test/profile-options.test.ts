import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

function options(provider: Record<string, unknown>): Record<string, unknown> {
  return {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    providers: [{ id: 'main', clientId: 'client', clientSecret: 'secret', ...provider }],
  };
}

const settingsOf = (provider: Record<string, unknown>) => parseOptions(options(provider)).providers[0];

function problemsOf(provider: Record<string, unknown>): Record<string, string> {
  try {
    settingsOf(provider);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map((one) => [one.key, `${one.problem} ${one.fix}`]));
  }
}

describe('profiles', () => {
  it.each([
    ['google', 'Google', 'https://accounts.google.com', 'openid'],
    ['github', 'GitHub', 'https://github.com', 'oauth2'],
    ['facebook', 'Facebook', 'https://www.facebook.com', 'oauth2'],
    ['apple', 'Apple', 'https://appleid.apple.com', 'openid'],
  ])('%s needs nothing but its client', (profile, label, issuerName, protocol) => {
    expect(settingsOf({ profile })).toMatchObject({ label, issuerName, protocol });
  });

  it.each(['oidc', 'okta', 'auth0', 'keycloak'])('%s has no issuer of its own', (profile) => {
    expect(problemsOf({ profile })).toEqual({
      'providers[0].issuer': "is missing. Copy `issuer` from the provider's discovery document.",
    });
    expect(settingsOf({ profile, issuer: 'https://id.example' })?.issuerName).toBe('https://id.example');
  });

  it('is any OpenID Provider where nothing is said', () => {
    expect(settingsOf({ issuer: 'https://id.example' })).toMatchObject({
      label: 'main',
      protocol: 'openid',
      scopes: ['openid', 'profile', 'email'],
      clientAuthentication: 'client_secret_basic',
      logout: { atProvider: true, hint: 'none', revoke: true },
      defaultTokenLifetime: 300_000,
    });
  });

  it('an option stands above the profile', () => {
    const settings = settingsOf({
      profile: 'google',
      label: 'Work account',
      scopes: ['openid', 'email'],
      authorizationParameters: { prompt: 'consent' },
      logout: { revoke: true },
      defaultTokenLifetime: '10m',
    });
    expect(settings).toMatchObject({
      label: 'Work account',
      scopes: ['openid', 'email'],
      authorizationParameters: { access_type: 'offline', prompt: 'consent' },
      logout: { atProvider: false, hint: 'none', revoke: true },
      defaultTokenLifetime: 600_000,
    });
  });

  it('BFF-PROV-02: Google refuses offline_access, and start-up says what to do instead', () => {
    expect(problemsOf({ profile: 'google', scopes: ['openid', 'offline_access'] })).toEqual({
      'providers[0].scopes':
        'has offline_access, which this provider refuses. Remove it: access_type=offline is sent instead.',
    });
  });

  it('finds an enterprise server or an emulator, which is another issuer', () => {
    const ghe = settingsOf({
      profile: 'github',
      endpoints: { web: 'https://git.example/', api: 'https://git.example/api/v3' },
    });
    expect(ghe).toMatchObject({
      issuerName: 'https://git.example',
      endpoints: {
        authorization: 'https://git.example/login/oauth/authorize',
        token: 'https://git.example/login/oauth/access_token',
        userInfo: 'https://git.example/api/v3/user',
      },
    });
    expect(settingsOf({ profile: 'facebook', endpoints: { version: 'v99.0' } })?.endpoints.token).toBe(
      'https://graph.facebook.com/v99.0/oauth/access_token',
    );
  });

  it('any OAuth 2.0 server needs its endpoints', () => {
    expect(Object.keys(problemsOf({ profile: 'oauth2' }))).toEqual([
      'providers[0].endpoints.authorization',
      'providers[0].endpoints.token',
      'providers[0].endpoints.userInfo',
    ]);
    const endpoints = {
      authorization: 'https://id.example/authorize',
      token: 'https://id.example/token',
      userInfo: 'https://api.example/me',
    };
    expect(settingsOf({ profile: 'oauth2', endpoints })).toMatchObject({
      issuerName: 'https://id.example',
      protocol: 'oauth2',
      endpoints,
    });
  });

  it.each([
    ['no URL', { token: 'token' }, 'endpoints.token'],
    ['http', { web: 'http://git.example' }, 'endpoints.web'],
    ['credentials', { api: 'https://a:b@git.example' }, 'endpoints.api'],
  ])('BFF-OPS-01: refuses an endpoint with %s', (_what, endpoints, key) => {
    expect(Object.keys(problemsOf({ profile: 'github', endpoints }))).toEqual([`providers[0].${key}`]);
  });

  it('Facebook gives ID tokens where openid is asked for', () => {
    expect(settingsOf({ profile: 'facebook', scopes: ['openid', 'email'] })?.protocol).toBe('openid');
  });
});

describe('organizations', () => {
  const [one, other] = ['11111111-2222-3333-4444-555555555555', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'];

  it('Microsoft does not start without tenants', () => {
    expect(problemsOf({ profile: 'microsoft' })).toEqual({
      'providers[0].tenants':
        'is missing: everybody with an account anywhere could sign in. List the directory (tenant) ids that may, from the overview page of each directory.',
    });
    expect(Object.keys(problemsOf({ profile: 'microsoft', tenants: [] }))).toEqual(['providers[0].tenants']);
    expect(
      problemsOf({ profile: 'microsoft', tenants: ['contoso.com'] })['providers[0].tenants[0]'],
    ).toContain('a domain can change hands');
  });

  it('one tenant has an issuer of its own, several have a template', () => {
    expect(settingsOf({ profile: 'microsoft', tenants: [one] })?.issuerName).toBe(
      `https://login.microsoftonline.com/${one}/v2.0`,
    );
    const both = settingsOf({ profile: 'microsoft', tenants: [one, other] });
    expect(both?.issuerName).toBe('https://login.microsoftonline.com/{tenantid}/v2.0');
    expect(both?.issuer.href).toBe('https://login.microsoftonline.com/organizations/v2.0');
  });

  it('are refused where a provider has none', () => {
    const provider = { issuer: 'https://id.example', tenants: [one], hostedDomains: ['example.com'] };
    expect(Object.keys(problemsOf(provider))).toEqual(['providers[0].tenants', 'providers[0].hostedDomains']);
  });
});

describe('a signed client secret', () => {
  const key = { teamId: 'T', keyId: 'K', privateKey: 'no key' };

  it('takes the place of a plain one at Apple', () => {
    expect(problemsOf({ profile: 'apple', clientSecret: undefined })).toEqual({
      'providers[0].clientSecretKey':
        'is missing. Write teamId, keyId and privateKey; the client secret is made from them.',
    });
    expect(Object.keys(problemsOf({ profile: 'apple', clientSecretKey: key }))).toEqual([
      'providers[0].clientSecret',
      'providers[0].clientSecretKey.privateKey',
    ]);
    expect(Object.keys(problemsOf({ profile: 'google', clientSecretKey: key }))).toEqual([
      'providers[0].clientSecretKey',
    ]);
  });
});
