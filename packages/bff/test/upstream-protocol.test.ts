import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ConfigError } from '../src/options/problems.ts';
import { parseOptions } from '../src/options/settings.ts';

function optionsOf(...routes: Record<string, unknown>[]) {
  return parseOptions({
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    providers: [{ id: 'main', issuer: 'https://id.example', clientId: 'c', clientSecret: 's' }],
    routes: routes.map((route, at) => ({ prefix: `/api${at}`, bodyLimit: 0, ...route })),
  });
}

function problemsOf(...routes: Record<string, unknown>[]) {
  try {
    optionsOf(...routes);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((one) => `${one.key} ${one.problem}`);
  }
}

const clear = 'http://a.internal';
const secure = 'https://a.internal';

it('is HTTP/1.1 where nothing is said', () => {
  expect(optionsOf({ upstream: secure }).routes[0]?.upstreams).toMatchObject([{ protocol: 'http1' }]);
  expect(optionsOf({ upstream: secure, upstreamProtocol: 'h2' }).routes[0]?.upstreams).toMatchObject([
    { protocol: 'h2' },
  ]);
});

it('is h2 over https, and h2c over http', () => {
  expect(problemsOf({ upstream: clear, upstreamProtocol: 'h2c' })).toEqual([]);
  expect(problemsOf({ upstream: clear, upstreamProtocol: 'h2' })).toEqual([
    'routes[0].upstreamProtocol is h2, but an upstream is not https.',
  ]);
  expect(problemsOf({ upstream: [secure, 'https://b.internal'], upstreamProtocol: 'h2c' })).toEqual([
    'routes[0].upstreamProtocol is h2c, but an upstream is not http.',
  ]);
});

it('is not HTTP/2 where requests may have content, which could not be broken off', () => {
  for (const bodyLimit of [1, undefined]) {
    expect(problemsOf({ upstream: secure, upstreamProtocol: 'h2', bodyLimit })).toEqual([
      'routes[0].upstreamProtocol is h2 on a route whose requests may have content.',
    ]);
  }
});

it('is not h2c where WebSockets are taken', () => {
  expect(problemsOf({ upstream: clear, upstreamProtocol: 'h2c', websocket: true })).toEqual([
    'routes[0].upstreamProtocol is h2c on a route that takes WebSockets, which are opened by HTTP/1.1.',
  ]);
  expect(problemsOf({ upstream: secure, upstreamProtocol: 'h2', websocket: true })).toEqual([]);
});

it('is the same for all routes to an upstream', () => {
  expect(problemsOf({ upstream: secure, upstreamProtocol: 'h2' }, { upstream: secure })).toEqual([
    'routes[1].upstreamProtocol differs from that of another route to the same upstream.',
  ]);
});
