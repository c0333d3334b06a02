import { describe, expect, test } from 'vitest';
import { type PathRule, resolveTarget } from '../../src/proxy/target.ts';

const route: PathRule = { prefix: '/api', upstreamPath: '/v1', encodedSlash: 'refuse' };
const slashes: PathRule = { ...route, encodedSlash: 'pass' };

describe('BFF-PROXY-04 behind the prefix everything is forwarded byte for byte', () => {
  test.each([
    ['/api', '/v1'],
    ['/api/', '/v1/'],
    ['/api/notes/7', '/v1/notes/7'],
    ['/api?x=1', '/v1?x=1'],
    ['/api/%E2%82%AC?x=1&x=2&y=%20+', '/v1/%E2%82%AC?x=1&x=2&y=%20+'],
    ['/api/a%20b/', '/v1/a%20b/'],
    ['/api/caf%e9', '/v1/caf%e9'],
    ['/api/100%25', '/v1/100%25'],
    ['/api/a;v=1/b;w', '/v1/a;v=1/b;w'],
    ['/api/.well-known/x', '/v1/.well-known/x'],
    ['/api/..hidden', '/v1/..hidden'],
    ['/api/.../x', '/v1/.../x'],
    ['/api/file.tar.gz', '/v1/file.tar.gz'],
    ['/api/@evil.example', '/v1/@evil.example'],
    ['/api/http:/evil.example', '/v1/http:/evil.example'],
    ["/api/!$&'()*+,=:@~-_", "/v1/!$&'()*+,=:@~-_"],
    ['/api/x?next=//evil/../%2e%2e%2f\\%zz', '/v1/x?next=//evil/../%2e%2e%2f\\%zz'],
    ['/api/x??', '/v1/x??'],
  ])('%s → %s', (target, path) => {
    expect(resolveTarget(target, route)).toEqual({ kind: 'ok', path });
  });

  test('an encoded slash crosses where the route says so', () => {
    const target = '/api/a%2Fb/%E2%82%AC?x=1&x=2&y=%20+';
    expect(resolveTarget(target, slashes)).toEqual({ kind: 'ok', path: target.replace('/api', '/v1') });
    expect(resolveTarget(target, route)).toEqual({ kind: 'ambiguous' });
  });

  test('CVE-2026-120213 what was encoded stays encoded, and what follows stays', () => {
    const target = '/api/users/a%2Fb%23c%3Fd/photos';
    expect(resolveTarget(target, slashes)).toEqual({ kind: 'ok', path: '/v1/users/a%2Fb%23c%3Fd/photos' });
  });

  test('a route at the upstream root asks for a path, never for nothing', () => {
    const root: PathRule = { ...route, upstreamPath: '' };
    expect(resolveTarget('/api', root)).toEqual({ kind: 'ok', path: '/' });
    expect(resolveTarget('/api?x=1', root)).toEqual({ kind: 'ok', path: '/?x=1' });
    expect(resolveTarget('/api/x', root)).toEqual({ kind: 'ok', path: '/x' });
  });
});

describe('BFF-PROXY-01 the prefix stands literally and ends at a segment', () => {
  test.each([
    '/',
    '/apis',
    '/api;x/notes',
    '/api.json',
    '/API/notes',
    '//api/notes',
    '/x/api',
    '/x/../api',
    '/./api',
    '/api%2fnotes',
    '/api%3Fx',
    '\\api\\notes',
  ])('%s is not found', (target) => {
    expect(resolveTarget(target, route)).toEqual({ kind: 'not_found' });
  });

  test('CVE-2026-16117 an encoded prefix is no prefix', () => {
    for (const target of ['/%61pi/notes', '/ap%69/notes', '/%61%70%69']) {
      expect(resolveTarget(target, route)).toEqual({ kind: 'not_found' });
    }
  });
});

const escapes = [
  '/api/..',
  '/api/.',
  '/api/../admin',
  '/api/./admin',
  '/api/x/../../admin',
  '/api/%2e%2e/admin',
  '/api/%2E%2e/admin',
  '/api/.%2e/admin',
  '/api/%2e./admin',
  '/api/%2e/admin',
  '/api/%252e%252e/admin',
  '/api/%25252e%25252e/admin',
  '/api/..%2fadmin',
  '/api/..%2Fadmin',
  '/api/..%252fadmin',
  '/api/x%2f..%2f..%2fadmin',
  '/api/%2e%2e%2fadmin',
  '/api/..;/admin',
  '/api/..;x/admin',
  '/api/..;a=b;c/admin',
  '/api/..%3b/admin',
  '/api/.;/admin',
  '/api/%2e%2e;/admin',
  '/api/;/../admin',
  '/api/;x/admin',
  '/api/;../admin',
  '/api/x;../admin',
  '/api/..%20/admin',
  '/api/..%09/admin',
  '/api/..\\admin',
  '/api\\..\\admin',
  '/api/\\..\\admin',
  '/api/..%5cadmin',
  '/api/..%5Cadmin',
  '/api/..%255cadmin',
  '/api/x\\y',
  '/api/%c0%ae%c0%ae/admin',
  '/api/%C0%AE./admin',
  '/api/%c0%af..',
  '/api/%e0%80%ae%e0%80%ae/admin',
  '/api/%f0%80%80%ae/admin',
  '/api/%25c0%25ae/admin',
  '/api/x%c1%9cy',
  '/api/%f8%80%80%80%ae/admin',
  '/api/x%ff',
  '/api/%00',
  '/api/x%00.html',
  '/api/%2500',
  '/api/x%0d%0aHost:%20evil',
  '/api/x%0Ay',
  '/api/x%250dy',
  '/api//x',
  '/api//evil.example/x',
  '/api/x//y',
  '/api/http://evil.example',
  '/api/%',
  '/api/%2',
  '/api/%zz',
  '/api/%u002e%u002e/admin',
  '/api/100%',
];

const advisories = 'CVE-2026-127060, CVE-2026-85124, CVE-2021-21321, CVE-2021-21322';

describe(`BFF-PROXY-02, BFF-PROXY-03, ${advisories}: no spelling leaves the prefix`, () => {
  const backslashPrefix = new Set(['/api\\..\\admin']);
  test.each(escapes)('%s', (target) => {
    const kind = backslashPrefix.has(target) ? 'not_found' : 'ambiguous';
    expect(resolveTarget(target, route)).toEqual({ kind });
    expect(resolveTarget(target, slashes)).toEqual({ kind });
  });

  test.each(['/api/a%2fb', '/api/%2fevil', '/api/%2f%2fevil', '/api/a%252Fb'])('%s needs leave', (target) => {
    expect(resolveTarget(target, route)).toEqual({ kind: 'ambiguous' });
    expect(resolveTarget(target, slashes).kind).toBe('ok');
  });

  test.each(['/api/x\ty', '/api/x y', '/api/\u00e9', '/api/x?y=\0', '/api/x#y'])('%j', (target) => {
    expect(resolveTarget(target, route)).toEqual({ kind: 'ambiguous' });
  });

  test('a path that is escaped without end is refused in no time', () => {
    const target = `/api/%${'25'.repeat(8_000)}2e`;
    const start = performance.now();
    expect(resolveTarget(target, route)).toEqual({ kind: 'ambiguous' });
    expect(performance.now() - start).toBeLessThan(200);
  });

  test('no accepted path resolves to anything outside the prefix, not even by WHATWG rules', () => {
    for (const target of [...escapes, '/api/a/b', '/api/%2f%2fevil', '/api/.%2easdf']) {
      const resolved = resolveTarget(target, slashes);
      if (resolved.kind === 'ok') {
        expect(new URL(resolved.path, 'http://upstream.test').pathname).toMatch(/^\/v1(\/|$)/);
      }
    }
  });
});
