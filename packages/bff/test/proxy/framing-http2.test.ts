import { describe, expect, test } from 'vitest';
import { checkFraming } from '../../src/proxy/framing.ts';

const pseudo = [':method', 'GET', ':scheme', 'https', ':authority', 'app.example', ':path', '/api/x'];

function codeOf(rawHeaders: readonly string[], target = '/api/x') {
  const given = { method: 'GET', httpVersion: '2.0', isHttp2: true, target, publicHost: 'app.example' };
  return checkFraming({ ...given, rawHeaders })?.code ?? null;
}

describe('BFF-PROXY-09 what HTTP/2 may say, and what not (RFC 9113 §8.2, §8.3)', () => {
  test.each([
    ['nothing more', []],
    ['a host that is the authority', ['host', 'APP.example']],
    ['several cookie fields', ['cookie', 'a=1', 'cookie', 'b=2']],
    ['a length', ['content-length', '5']],
  ])('%s passes', (_, fields) => {
    expect(codeOf([...pseudo, ...fields])).toBeNull();
  });

  test('a host without an authority passes', () => {
    expect(codeOf([':method', 'GET', ':path', '/api/x', 'host', 'app.example'])).toBeNull();
  });

  test.each([
    ['another host than the authority', ['host', 'evil.example']],
    ['two hosts', ['host', 'app.example', 'host', 'app.example']],
    ['two lengths', ['content-length', '5', 'content-length', '5']],
    ['connection', ['connection', 'authorization']],
    ['keep-alive', ['keep-alive', '5']],
    ['proxy-connection', ['proxy-connection', 'close']],
    ['transfer-encoding', ['transfer-encoding', 'chunked']],
    ['upgrade', ['upgrade', 'h2c']],
    ['a pseudo-header field after the others', ['accept', '*/*', ':authority', 'evil.example']],
    ['a line break in a value', ['x-a', 'b\r\nx-c: d']],
  ])('%s is malformed', (_, fields) => {
    expect(codeOf([...pseudo, ...fields])).toBe('malformed_request');
  });

  test('neither host nor authority, another scheme, and a target in another form are malformed', () => {
    expect(codeOf([':method', 'GET', ':path', '/api/x'])).toBe('malformed_request');
    expect(codeOf([':method', 'GET', ':scheme', 'ftp', ':authority', 'app.example'])).toBe(
      'malformed_request',
    );
    expect(codeOf(pseudo, '*')).toBe('malformed_request');
    expect(codeOf(pseudo, 'https://app.example/api')).toBe('malformed_request');
  });

  test('another authority is an unknown host', () => {
    expect(codeOf([':method', 'GET', ':authority', 'evil.example'])).toBe('unknown_host');
  });

  test('fields over 16 KiB together, or more than a hundred, are too large', () => {
    const half = 'x'.repeat(8_192);
    expect(codeOf([...pseudo, 'x-a', half])).toBeNull();
    expect(codeOf([...pseudo, 'x-a', half, 'x-b', half])).toBe('headers_too_large');
    const many = Array.from({ length: 101 }, (_, at) => [`x-${at}`, 'y']).flat();
    expect(codeOf([...pseudo, ...many])).toBe('headers_too_large');
    expect(codeOf([...pseudo, ...many.slice(2)])).toBeNull();
  });

  test('a 2.0 that was not chosen by ALPN is malformed', () => {
    const given = { method: 'GET', httpVersion: '2.0', target: '/api/x', publicHost: 'app.example' };
    expect(checkFraming({ ...given, rawHeaders: ['Host', 'app.example'] })?.code).toBe('malformed_request');
  });
});
