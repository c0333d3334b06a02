import { type Mutation, mutationsOf } from '../mutation.ts';

const guard = 'packages/bff/src/ticket/guard.ts';
const guardTest = 'packages/bff/test/guard.test.ts';
const crossSiteTest = 'conformance/tests/cross-site.test.ts';
const handshakeTest = 'packages/bff/test/proxy/websocket/handshake.test.ts';

/** Who may call (BFF-CSRF, BFF-STREAM-03). */
export const guardRules: readonly Mutation[] = [
  ...mutationsOf(guard, guardTest, [
    [
      'a foreign Origin is refused whatever else is said',
      'headers.origin !== undefined && headers.origin !== origin',
      'false',
    ],
    ['requireHeader asks for the header in every case', 'if (requireHeader && !hasHeader)', 'if (false)'],
    [
      'an empty header is none',
      "(headers[headerNames.requestedWith] ?? '') !== ''",
      'headers[headerNames.requestedWith] !== undefined',
    ],
    ['same-site is not same-origin', "site === 'same-origin'", "site !== 'cross-site' && site !== 'none'"],
    ['none is not same-origin', "site === 'same-origin'", "site === 'same-origin' || site === 'none'"],
    [
      'cross-site is not same-origin',
      "site === 'same-origin'",
      "site === 'same-origin' || site === 'cross-site'",
    ],
    [
      'an unknown Sec-Fetch-Site is no proof',
      "site === 'same-origin'",
      "String(site).toLowerCase() === 'same-origin'",
    ],
    ['without Fetch Metadata the header is needed', 'if (!hasHeader) return', 'if (false) return'],
    ['without Fetch Metadata a change needs Origin', 'safe || headers.origin === origin', 'true'],
    ['only GET and HEAD are safe', "method === 'GET' || method === 'HEAD'", "method !== 'POST'"],
    ['HEAD is safe', "method === 'GET' || method === 'HEAD'", "method === 'GET'"],
    [
      'a handshake needs Origin',
      "if (headers.origin === undefined) return 'an upgrade without Origin';",
      'if (headers.origin === undefined) return null;',
      handshakeTest,
    ],
    [
      'the Origin of a handshake is ours',
      'return headers.origin === origin ? null : ',
      'return true ? null : ',
      handshakeTest,
    ],
    ['a prefetch is no navigation', 'if (purpose !== undefined)', 'if (false)'],
    ['a fetch is no navigation', "mode !== undefined && mode !== 'navigate'", 'false'],
    ['a frame is no navigation', "destination !== undefined && destination !== 'document'", 'false'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/routes.ts', crossSiteTest, [
    [
      'the guard stands before every forwarded call',
      'upgrades.of(request.raw) ? done() : guard.call(fastify, request, reply, done)',
      'done()',
    ],
  ]),
  ...mutationsOf('packages/bff/src/ticket/guard-hook.ts', crossSiteTest, [
    ['what the guard refuses is refused', 'if (refusal === null) return done();', 'return done();'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/upgrade-hook.ts', handshakeTest, [
    [
      'the Origin of a handshake is looked at',
      'if (refusal !== null) return refuse',
      'if (false) return refuse',
    ],
    ['a handshake is whole', "if (handshake.kind === 'malformed')", 'if (false)'],
    ['the one version of the protocol', "if (handshake.kind === 'unknown_version')", 'if (false)'],
    [
      'a route takes WebSockets only where it says so',
      "if (webSocket === false) return refuse({ code: 'websocket_refused' });",
      'if (webSocket === false) return done();',
    ],
  ]),
];
