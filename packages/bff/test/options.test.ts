import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

function valid(): Record<string, unknown> {
  return {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    providers: [
      {
        id: 'main',
        issuer: 'https://id.example',
        clientId: 'c',
        clientSecret: 's',
        scopes: ['openid', 'notes'],
      },
    ],
    routes: [{ prefix: '/api', upstream: 'https://api.internal', resource: 'urn:api' }],
  };
}

function problemsOf(options: unknown): Record<string, string> {
  try {
    parseOptions(options);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map((one) => [one.key, `${one.problem} ${one.fix}`]));
  }
}

describe('options', () => {
  it('fills in defaults, with durations in milliseconds', () => {
    const settings = parseOptions(valid());
    expect(settings.session).toEqual({ idle: 1_800_000, absolute: 43_200_000, persistent: true });
    expect(settings.paths.login).toBe('/bff/login');
    expect(settings.cookies.ticket).toBe('__Host-Http-coatcheck');
    expect(settings.routes[0]).toMatchObject({
      upstreamPath: '/api',
      provider: 'main',
      encodedSlash: 'refuse',
    });
    expect(settings.providers[0]).toMatchObject({ resources: ['urn:api'], requestTimeout: 5_000 });
  });

  it('replaces the prefix by the upstream path where the route says so', () => {
    const settings = parseOptions({
      ...valid(),
      routes: [{ prefix: '/api', upstream: 'https://api.internal/v2/', keepPrefix: false }],
    });
    expect(settings.routes[0]?.upstreamPath).toBe('/v2');
  });

  it('reports every problem at once, each with its key and a fix', () => {
    const problems = problemsOf({
      ...valid(),
      publicUrl: 'http://app.example',
      keys: ['short'],
      sesion: {},
      session: { idleTimeout: 'soon' },
      providers: [{ id: 'main', issuer: 'ftp://x', clientId: 'c', scopes: ['email'] }],
    });
    expect(Object.keys(problems).sort()).toEqual([
      'keys[0]',
      'providers[0].clientSecret',
      'providers[0].issuer',
      'providers[0].scopes',
      'publicUrl',
      'sesion',
      'session.idleTimeout',
    ]);
    expect(problems.sesion).toContain('Did you mean session?');
    expect(problems['providers[0].clientSecret']).toContain('is missing');
  });

  it.each([
    ['BFF-OPS-01: http beyond loopback', { publicUrl: 'http://app.example' }, 'publicUrl'],
    ['more than an origin', { publicUrl: 'https://app.example/app' }, 'publicUrl'],
    ['no URL', { publicUrl: 'app' }, 'publicUrl'],
    ['BFF-OPS-01: a key of another length', { keys: [randomBytes(16).toString('base64url')] }, 'keys[0]'],
    ['BFF-OPS-01: an example key', { keys: ['A'.repeat(43)] }, 'keys[0]'],
    ['no key', { keys: [] }, 'keys'],
    [
      'an idle time over the absolute one',
      { session: { idleTimeout: '2h', absoluteTimeout: '1h' } },
      'session.idleTimeout',
    ],
    ['no idle time', { session: { idleTimeout: '0s' } }, 'session.idleTimeout'],
    ['no provider', { providers: [] }, 'providers'],
    ['a range of everything', { trustedProxies: ['0.0.0.0/0'] }, 'trustedProxies[0]'],
    ['a name as trusted proxy', { trustedProxies: ['nginx'] }, 'trustedProxies[0]'],
    [
      'BFF-OPS-01: credentials in an upstream',
      { routes: [{ prefix: '/api', upstream: 'https://u:p@api' }] },
      'routes[0].upstream',
    ],
    [
      'a route over our own paths',
      { routes: [{ prefix: '/bff/x', upstream: 'https://api' }] },
      'routes[0].prefix',
    ],
    [
      'an unknown provider',
      { routes: [{ prefix: '/api', upstream: 'https://api', provider: 'x' }] },
      'routes[0].provider',
    ],
    ['advisory 72: a cookie name that is no token', { cookieName: 'a;Domain=evil' }, 'cookieName'],
    ['a relative base path', { basePath: 'bff' }, 'basePath'],
  ])('refuses %s', (_what, change, key) => {
    expect(Object.keys(problemsOf({ ...valid(), ...change }))).toEqual([key]);
  });

  it('BFF-OPS-01: refuses an http issuer unless it is on loopback or loudly allowed', () => {
    const provider = { id: 'main', issuer: 'http://id.example', clientId: 'c', clientSecret: 's' };
    expect(Object.keys(problemsOf({ ...valid(), providers: [provider] }))).toEqual(['providers[0].issuer']);
    expect(problemsOf({ ...valid(), providers: [{ ...provider, insecureAllowHttpIssuer: true }] })).toEqual(
      {},
    );
    expect(problemsOf({ ...valid(), providers: [{ ...provider, issuer: 'http://127.0.0.1:9400' }] })).toEqual(
      {},
    );
  });

  it('never repeats a secret in its message', () => {
    const secret = 'do-not-print-me';
    const options = {
      ...valid(),
      keys: [secret],
      providers: [{ id: 'main', clientId: 'c', clientSecret: secret, issuer: 'x' }],
    };
    expect(() => parseOptions(options)).toThrow(ConfigError);
    expect(JSON.stringify(problemsOf(options))).not.toContain(secret);
  });

  it('takes no option that sets what the protocol needs', () => {
    const provider = {
      id: 'main',
      issuer: 'https://id.example',
      clientId: 'c',
      clientSecret: 's',
      authorizationParameters: { state: 'fixed' },
    };
    expect(Object.keys(problemsOf({ ...valid(), providers: [provider] }))).toEqual([
      'providers[0].authorizationParameters',
    ]);
  });
});
