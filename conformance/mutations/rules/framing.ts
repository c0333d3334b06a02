import { type Mutation, mutationsOf } from '../mutation.ts';

const framing = 'packages/bff/src/proxy/framing.ts';
const framingTest = 'packages/bff/test/proxy/framing.test.ts';
const http2Test = 'packages/bff/test/proxy/framing-http2.test.ts';

/** What two servers could read in two ways (BFF-PROXY-01, -09, -10, BFF-BAD-02). */
export const framingRules: readonly Mutation[] = [
  ...mutationsOf(framing, framingTest, [
    [
      'only 1.1 and 1.0 in a request line',
      "if (httpVersion !== '1.1' && httpVersion !== '1.0')",
      'if (false)',
    ],
    ['no CONNECT', "method === 'CONNECT' || ", ''],
    ['origin form alone', " || target[0] !== '/'", ''],
    ['no control in the target', 'if (/[^\\x21-\\x7e]/.test(target))', 'if (false)'],
    [
      'no character beyond ASCII in the target',
      '/[^\\x21-\\x7e]/.test(target)',
      '/[\\0-\\x20\\x7f]/.test(target)',
    ],
    ['no fragment in the target', "if (target.includes('#'))", 'if (false)'],
    ['a hundred fields at most', 'if (rawHeaders.length > maxHeaders * 2)', 'if (false)'],
    ['a hundred fields pass', 'rawHeaders.length > maxHeaders * 2', 'rawHeaders.length >= maxHeaders * 2'],
    ['a field name is a token', 'if (!fieldName.test(name))', 'if (false)'],
    ['no control in a field value', 'if (!fieldValue.test(value))', 'if (false)'],
    [
      'names of one field are one in any case',
      'singletons.find((one) => one === lower)',
      'singletons.find((one) => one === name)',
    ],
    ['one of each', 'if (known[singleton] !== undefined)', 'if (false)'],
    ['one Host', "  'host',\n  'content-length',", "  'content-length',"],
    ['one Authorization', "\n  'authorization',", ''],
    ['one Content-Type', "\n  'content-type',", ''],
    ['one Origin', "\n  'origin',", ''],
    ['not a length and a coding', 'if (length !== undefined && coding !== undefined)', 'if (false)'],
    ['a length of digits', 'length !== undefined && !/^[0-9]+$/.test(length)', 'false'],
    ['a length is not empty', '/^[0-9]+$/', '/^[0-9]*$/'],
    ['no coding but chunked', "coding !== undefined && coding.toLowerCase() !== 'chunked'", 'false'],
    ['chunked alone', "coding.toLowerCase() !== 'chunked'", "!coding.toLowerCase().endsWith('chunked')"],
    ['no coding in HTTP/1.0', "coding !== undefined && httpVersion === '1.0'", 'false'],
    [
      'a Host',
      "if (host === undefined) return malformed('no host field, or no authority');",
      'if (host === undefined) return null;',
    ],
    [
      'our Host',
      "return { code: 'unknown_host', detail: 'the host field names another host than publicUrl' };",
      'return null;',
    ],
    ['Host in any case', 'const named = host.toLowerCase()', 'const named = host'],
    [
      'no other port',
      'if (named === `${publicHost}:443` || named === `${publicHost}:80`)',
      'if (named.startsWith(`${publicHost}:`))',
    ],
    ['no longer host', 'if (named === publicHost)', 'if (named.startsWith(publicHost))'],
    [
      'the log holds nothing of the client',
      'malformed(`more than one ${singleton} field`)',
      'malformed(`more than one: ${value}`)',
    ],
  ]),
  ...mutationsOf(framing, http2Test, [
    ['2.0 by ALPN alone', 'if (input.isHttp2) return', "if (input.isHttp2 || httpVersion === '2.0') return"],
    [
      'HTTP/2: the target is looked at',
      'if (input.isHttp2) return checkTarget(method, target) ?? checkHttp2',
      'if (input.isHttp2) return checkHttp2',
    ],
    ['HTTP/2: no other scheme', "name === ':scheme' && value !== 'https' && value !== 'http'", 'false'],
    ['HTTP/2: no field of a connection', 'if (ofConnections.has(name))', 'if (false)'],
    ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'].map(
      (name) =>
        [
          `HTTP/2: no ${name}`,
          'ofConnections.has(name)',
          `(ofConnections.has(name) && name !== '${name}')`,
        ] as const,
    ),
    [
      'HTTP/2: the host is the authority',
      "if (name === 'host' && authority !== undefined &&",
      'if (false &&',
    ],
    [
      'HTTP/2: the authority is ours',
      'checkHost(authority ?? known.host, publicHost)',
      'checkHost(authority === undefined ? known.host : publicHost, publicHost)',
    ],
    ['HTTP/2: 16 KiB at most', 'if (bytes > maxHeaderBytes)', 'if (false)'],
    [
      'HTTP/2: pseudo fields stand first',
      "rawHeaders[first]?.[0] === ':'; first += 2",
      'first < 8; first += 2',
    ],
  ]),
  ...mutationsOf('packages/bff/src/plugin.ts', 'conformance/tests/request-framing.test.ts', [
    ['every request is looked at before routing', 'if (!fault) return done();', 'return done();'],
    ['the connection ends with a refused request', 'if (!isHttp2) {', 'if (false) {'],
    [
      'what follows a refused request is not read',
      'if (refused.has(request.raw.socket)) return void reply.hijack();',
      '',
      'conformance/tests/request-framing.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/plugin.ts', 'conformance/tests/exchange-forms.test.ts', [
    [
      'Expect waits for the guard',
      "for (const event of ['checkContinue', 'checkExpectation'])",
      'for (const event of [])',
    ],
  ]),
];
