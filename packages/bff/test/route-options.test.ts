import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

/** Options whose one route has these. */
function optionsWith(route: Record<string, unknown>, provider: Record<string, unknown> = {}) {
  return {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    providers: [{ id: 'main', issuer: 'https://id.example', clientId: 'c', clientSecret: 's', ...provider }],
    routes: [{ prefix: '/api', upstream: 'https://a.internal', ...route }],
  };
}

function settingsOf(route: Record<string, unknown>) {
  const [settings] = parseOptions(optionsWith(route)).routes;
  if (!settings) throw new Error('no route');
  return settings;
}

/** What is told of a configuration that is refused, by key. */
function problemsOf(route: Record<string, unknown>, provider?: Record<string, unknown>) {
  try {
    parseOptions(optionsWith(route, provider));
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map((one) => [one.key, `${one.problem} ${one.fix}`]));
  }
}

describe('the upstreams of a route', () => {
  it('are one or several with the same path', () => {
    expect(settingsOf({ upstream: 'https://a.internal/v2', keepPrefix: false })).toMatchObject({
      upstreams: [{ origin: 'https://a.internal', host: 'a.internal' }],
      upstreamPath: '/v2',
    });
    const upstream = ['https://a.internal:8443/v2/', 'http://b.internal/v2/'];
    expect(settingsOf({ upstream, keepPrefix: false })).toMatchObject({
      upstreams: [
        { origin: 'https://a.internal:8443', host: 'a.internal:8443' },
        { origin: 'http://b.internal', host: 'b.internal' },
      ],
      upstreamPath: '/v2',
    });
  });

  it('have a circuit breaker where there are several, and where one is asked for', () => {
    const several = ['https://a.internal', 'https://b.internal'];
    const usual = { failures: 5, openFor: 10_000 };
    expect(settingsOf({}).circuitBreaker).toBeNull();
    expect(settingsOf({ upstream: ['https://a.internal'] }).circuitBreaker).toBeNull();
    expect(settingsOf({ upstream: several }).circuitBreaker).toEqual(usual);
    expect(settingsOf({ circuitBreaker: {} }).circuitBreaker).toEqual(usual);
    expect(settingsOf({ circuitBreaker: { failures: 2, openFor: '1m' } }).circuitBreaker).toEqual({
      failures: 2,
      openFor: 60_000,
    });
    expect(settingsOf({ upstream: several, circuitBreaker: { failures: 0 } }).circuitBreaker).toBeNull();
  });

  it('are asked how they are only where the route says where', () => {
    expect(settingsOf({}).healthCheck).toBeNull();
    expect(settingsOf({ healthCheck: { path: '/health' } }).healthCheck).toEqual({
      path: '/health',
      interval: 10_000,
      timeout: 2_000,
      unhealthyAfter: 3,
      healthyAfter: 2,
    });
  });

  it('get a call once more where no connection came about, unless the route says otherwise', () => {
    expect(settingsOf({}).retries).toEqual({ attempts: 2, onConnect: true, onStatus: new Set() });
    expect(settingsOf({ retries: { attempts: 3, on: ['502', '503'] } }).retries).toEqual({
      attempts: 3,
      onConnect: false,
      onStatus: new Set([502, 503]),
    });
  });
});

describe('headers, claims and the limit of a route', () => {
  it('are none unless it says so', () => {
    expect(settingsOf({})).toMatchObject({ headers: {}, claimHeaders: {}, concurrencyPerSession: null });
  });

  it('are taken as they are written', () => {
    const route = {
      headers: { 'X-Api-Key': 'k' },
      claimHeaders: { 'X-User-Id': 'sub', 'X-User-Email': 'email' },
      concurrencyPerSession: 4,
    };
    expect(settingsOf(route)).toMatchObject(route);
  });

  it('can name every claim that the provider gives to the session', () => {
    const claimHeaders = { 'X-Tenant': 'tenant' };
    expect(problemsOf({ claimHeaders }, { userClaims: ['tenant'] })).toEqual({});
    expect(problemsOf({ claimHeaders })['routes[0].claimHeaders.X-Tenant']).toContain(
      'Known: sub, roles, sub, name',
    );
  });
});

it('advisory 37: no route takes from the browser what another says of who calls', () => {
  const options = optionsWith({ claimHeaders: { 'X-Caller': 'sub' } });
  const other = { prefix: '/open', upstream: 'https://a.internal', forwardHeaders: ['x_caller'] };
  expect(() => parseOptions({ ...options, routes: [...options.routes, other] })).toThrow(
    'routes[1].forwardHeaders: names X-Caller, which tells who calls.',
  );
});

describe('a route is refused', () => {
  it.each([
    ['no upstream', { upstream: [] }, 'upstream'],
    ['an upstream that is no URL', { upstream: ['https://a.internal', 'b.internal'] }, 'upstream[1]'],
    ['credentials in one of them', { upstream: ['https://u:p@a.internal'] }, 'upstream[0]'],
    ['a query in one of them', { upstream: ['https://a.internal/?x'] }, 'upstream[0]'],
    ['an upstream twice', { upstream: ['https://a.internal', 'https://a.internal:443/'] }, 'upstream[1]'],
    [
      'upstreams of two paths',
      { upstream: ['https://a.internal/v1', 'https://b.internal/v2'] },
      'upstream[1]',
    ],
    ['a health check without a path', { healthCheck: {} }, 'healthCheck.path'],
    ['a health check of another origin', { healthCheck: { path: '//evil.example' } }, 'healthCheck.path'],
    ['a relative path of a health check', { healthCheck: { path: 'health' } }, 'healthCheck.path'],
    ['a line break in it', { healthCheck: { path: '/a\r\nX: y' } }, 'healthCheck.path'],
    ['no pause between checks', { healthCheck: { path: '/h', interval: '0s' } }, 'healthCheck.interval'],
    ['no time for a check', { healthCheck: { path: '/h', timeout: '0ms' } }, 'healthCheck.timeout'],
    [
      'no failure that counts',
      { healthCheck: { path: '/h', unhealthyAfter: 0 } },
      'healthCheck.unhealthyAfter',
    ],
    ['failures below zero', { circuitBreaker: { failures: -1 } }, 'circuitBreaker.failures'],
    ['a circuit open for no time', { circuitBreaker: { openFor: '0s' } }, 'circuitBreaker.openFor'],
    ['no attempt', { retries: { attempts: 0 } }, 'retries.attempts'],
    ['attempts without end', { retries: { attempts: 6 } }, 'retries.attempts'],
    ['a status that says nothing of the upstream', { retries: { on: ['500'] } }, 'retries.on[0]'],
    ['a name that no header has', { headers: { 'X Y': 'z' } }, 'headers'],
    ['a line break in a value', { headers: { 'X-Y': 'a\r\nX-Z: b' } }, 'headers.X-Y'],
    ['a value beyond ASCII', { headers: { 'X-Y': 'ä' } }, 'headers.X-Y'],
    ['an empty value', { headers: { 'X-Y': '' } }, 'headers.X-Y'],
    ['space around a value', { headers: { 'X-Y': ' a' } }, 'headers.X-Y'],
    ['advisory 24: a header in two spellings', { headers: { 'X-Y': 'a', x_y: 'b' } }, 'headers.x_y'],
    [
      'advisory 24: a header of a fixed value and of a claim',
      { headers: { 'X-User': 'a' }, claimHeaders: { 'x-user': 'sub' } },
      'claimHeaders.x-user',
    ],
    [
      'advisory 24: a header of ours that the browser may send',
      { claimHeaders: { 'X-User-Id': 'sub' }, forwardHeaders: ['x_user_id'] },
      'claimHeaders.X-User-Id',
    ],
    ['a claim that no session has', { claimHeaders: { 'X-Y': 'tenant' } }, 'claimHeaders.X-Y'],
    ['claims where there is no session', { claimHeaders: { 'X-Y': 'sub' }, session: 'none' }, 'claimHeaders'],
    ['a limit of no calls', { concurrencyPerSession: 0 }, 'concurrencyPerSession'],
  ])('with %s', (_what, route, key) => {
    expect(Object.keys(problemsOf(route))).toEqual([`routes[0].${key}`]);
  });
});

describe('a token for our word about a person', () => {
  it('needs a key to sign with, and a route that carries tokens', () => {
    expect(problemsOf({ homeAssertion: true })).toEqual({
      'routes[0].homeAssertion':
        'is true, but clientKeys is missing: nothing could sign the assertion. Make a key with: coatcheck keys generate --client.',
    });
    expect(problemsOf({ homeAssertion: true, session: 'none' })['routes[0].homeAssertion']).toContain(
      'has no effect',
    );
  });

  it('is a bearer token, which is not enough where DPoP is required', () => {
    const problems = problemsOf({ homeAssertion: true }, { dpop: 'required' });
    expect(problems['routes[0].homeAssertion']).toContain('gives bearer tokens');
  });
});
