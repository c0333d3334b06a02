import { describe, expect, test } from 'vitest';
import { checkFraming, type FramingInput } from '../../src/proxy/framing.ts';

const usual = ['Host', 'app.example', 'Accept', '*/*', 'Cookie', 'a=b'];

function check(over: Partial<FramingInput>) {
  return checkFraming({
    method: 'POST',
    httpVersion: '1.1',
    target: '/api/notes?x=1',
    rawHeaders: usual,
    publicHost: 'app.example',
    ...over,
  });
}

function codeOf(over: Partial<FramingInput>) {
  return check(over)?.code ?? null;
}

describe('BFF-PROXY-09 ambiguous framing is refused before routing', () => {
  test.each([
    ['a length', ['Content-Length', '5']],
    ['one chunked coding', ['Transfer-Encoding', 'chunked']],
    ['one chunked coding in capitals', ['transfer-encoding', 'CHUNKED']],
    ['two cookies', ['Cookie', 'c=d']],
    ['a header with an underscore like ours', ['X_Forwarded_For', '1.2.3.4']],
    ['bytes of Latin-1 in a value', ['X-Name', 'J\u00fcrgen']],
  ])('%s passes', (_, extra) => {
    expect(check({ rawHeaders: [...usual, ...extra] })).toBeNull();
  });

  test.each([
    ['a length and a coding', ['Content-Length', '5', 'Transfer-Encoding', 'chunked']],
    ['two lengths', ['Content-Length', '5', 'content-length', '6']],
    ['two equal lengths', ['Content-Length', '5', 'Content-Length', '5']],
    ['a signed length', ['Content-Length', '+5']],
    ['a length list', ['Content-Length', '5, 5']],
    ['an empty length', ['Content-Length', '']],
    ['two codings', ['Transfer-Encoding', 'chunked', 'TRANSFER-ENCODING', 'chunked']],
    ['a coding before chunked', ['Transfer-Encoding', 'gzip, chunked']],
    ['a coding that only looks like chunked', ['Transfer-Encoding', 'xchunked']],
    ['a coding with a tab', ['Transfer-Encoding', 'chunked\t']],
    ['identity', ['Transfer-Encoding', 'identity']],
    ['two Authorization', ['Authorization', 'a', 'AUTHORIZATION', 'b']],
    ['two Content-Type', ['Content-Type', 'text/plain', 'content-type', 'application/json']],
    ['two Origin', ['Origin', 'https://app.example', 'Origin', 'https://evil.example']],
    ['a folded line', ['X-A', 'b\r\n c']],
    ['a bare line feed', ['X-A', 'b\nX-B: c']],
    ['NUL in a value', ['X-A', 'b\0']],
    ['a space before the colon', ['X-A ', 'b']],
    ['an empty name', ['', 'b']],
  ])('%s is malformed', (_, extra) => {
    expect(codeOf({ rawHeaders: [...usual, ...extra] })).toBe('malformed_request');
  });

  test.each(['0.9', '1.2', '2.0', '3.0', ''])('version %s is malformed', (httpVersion) => {
    expect(codeOf({ httpVersion })).toBe('malformed_request');
  });

  test('HTTP/1.0 passes, but not with a transfer coding', () => {
    expect(check({ httpVersion: '1.0', rawHeaders: [...usual, 'Content-Length', '5'] })).toBeNull();
    const rawHeaders = [...usual, 'Transfer-Encoding', 'chunked'];
    expect(codeOf({ httpVersion: '1.0', rawHeaders })).toBe('malformed_request');
  });

  test.each([
    ['absolute form', 'GET', 'http://evil.example/'],
    ['absolute form of our own host', 'GET', 'http://app.example/api'],
    ['asterisk form', 'OPTIONS', '*'],
    ['authority form', 'CONNECT', 'evil.example:443'],
    ['CONNECT in origin form', 'CONNECT', '/'],
    ['an empty target', 'GET', ''],
    ['a relative target', 'GET', 'api/notes'],
    ['a space', 'GET', '/a b'],
    ['a tab in the query', 'GET', '/a?b=\tc'],
    ['NUL', 'GET', '/a\0'],
    ['a non-ASCII character', 'GET', '/caf\u00e9'],
    ['DEL', 'GET', '/a\x7f'],
  ])('BFF-PROXY-01 a target with %s is malformed', (_, method, target) => {
    expect(codeOf({ method, target })).toBe('malformed_request');
  });

  test.each(['/admin#/public', '/api/notes?x=1#y', '/#'])(
    'GHSA-pxq7-h93f-9jrg the fragment in %s',
    (target) => {
      expect(codeOf({ target })).toBe('ambiguous_path');
    },
  );

  test('the detail holds nothing that the client sent', () => {
    const fault = check({ rawHeaders: [...usual, 'Authorization', 's3cret', 'Authorization', 's3cret'] });
    expect(fault?.detail).not.toContain('s3cret');
  });
});

describe('BFF-BAD-02 too many headers', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => [`X-${i}`, 'v']).flat();
  test('a hundred pass, one more does not', () => {
    expect(check({ rawHeaders: ['Host', 'app.example', ...many(99)] })).toBeNull();
    expect(codeOf({ rawHeaders: ['Host', 'app.example', ...many(100)] })).toBe('headers_too_large');
  });
});

describe('BFF-PROXY-10 the host is ours, once', () => {
  test.each([
    ['app.example', 'app.example'],
    ['APP.Example', 'app.example'],
    ['app.example:443', 'app.example'],
    ['localhost:3000', 'localhost:3000'],
    ['[::1]:3000', '[::1]:3000'],
  ])('%s is %s', (host, publicHost) => {
    expect(check({ rawHeaders: ['hOST', host], publicHost })).toBeNull();
  });

  test.each([
    ['evil.example', 'app.example'],
    ['app.example.evil.example', 'app.example'],
    ['app.example.', 'app.example'],
    ['app.example:8443', 'app.example'],
    ['user@app.example', 'app.example'],
    ['app.example, evil.example', 'app.example'],
    ['localhost', 'localhost:3000'],
    ['localhost:443', 'localhost:3000'],
    ['127.0.0.1:3000', 'localhost:3000'],
    ['', 'app.example'],
  ])('%s is not %s', (host, publicHost) => {
    expect(codeOf({ rawHeaders: ['Host', host], publicHost })).toBe('unknown_host');
  });

  test('none, or two, is malformed', () => {
    expect(codeOf({ rawHeaders: ['Accept', '*/*'] })).toBe('malformed_request');
    expect(codeOf({ rawHeaders: ['Host', 'app.example', 'HOST', 'app.example'] })).toBe('malformed_request');
  });
});
