import { type Mutation, mutationsOf } from '../mutation.ts';

const capsTest = 'packages/bff/test/limits/descriptors.test.ts';
const callsTest = 'packages/bff/test/proxy/call-limit.test.ts';
const ratesTest = 'packages/bff/test/limits/rate-limits.test.ts';
const conformanceRates = 'conformance/tests/rate-limits.test.ts';
const sheddingTest = 'packages/bff/test/limits/load-shedding.test.ts';

/** How much of everything (BFF-OPS-04, BFF-BAD-06). */
export const limitRules: readonly Mutation[] = [
  ...mutationsOf('packages/bff/src/proxy/caps.ts', capsTest, [
    [
      'upstreams get half of the descriptors',
      'shared / 2 / Math.max(1, upstreams)',
      'shared / Math.max(1, upstreams)',
    ],
    ['the program keeps some for itself', 'limit - own', 'limit'],
    [
      'open streams leave room for calls',
      'share(wanted.longLived, clients / 2)',
      'share(wanted.longLived, clients)',
    ],
  ]),
  ...mutationsOf('packages/bff/src/limits/descriptors.ts', capsTest, [
    ['too few to serve stop the start', 'if (limit !== undefined && limit < fewest)', 'if (false)'],
    ['connections beyond the share are refused', 'server.maxConnections = caps.clients;', ''],
    [
      'a limit of the program stands',
      ' || server.maxConnections !== undefined) return caps',
      ') return caps',
    ],
    ['the log is told once', 'if (now() - complainedAt < complainEvery) return;', ''],
  ]),
  ...mutationsOf('packages/bff/src/web/streams.ts', 'packages/bff/test/proxy/stream-places.test.ts', [
    [
      'so many streams',
      'if (stopping || open.size >= most) return undefined;',
      'if (stopping) return undefined;',
    ],
    [
      'none while the server stops',
      'if (stopping || open.size >= most) return undefined;',
      'if (open.size >= most) return undefined;',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/call-limit.ts', callsTest, [
    ['so many calls of a session', 'if ((sessions.get(session) ?? 0) >= most) return false;', ''],
    ['who leaves is counted out', "response.once('close', leave);", ''],
  ]),
  ...mutationsOf('packages/bff/src/limits/caller.ts', conformanceRates, [
    [
      'a /64 is one caller',
      "normalizeIP(addressOf(request.raw).replace(/%.*/, ''))",
      'addressOf(request.raw)',
    ],
    ['by address', 'const address = normalizeIP', 'const address = String(Math.random()) + normalizeIP'],
    [
      'a session has its own count',
      "return found.kind === 'ticket' ? nameOf('session', found.ticket.idHash) : byAddress(request);",
      'return byAddress(request);',
    ],
    [
      'the store holds no address',
      "createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')",
      'JSON.stringify(parts)',
    ],
    [
      'what a page embeds counts apart',
      "nameOf(isEmbedded(request) ? 'embedded' : 'address', address)",
      "nameOf('address', address)",
      ratesTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/limits/counting.ts', 'packages/bff/test/limits/counting.test.ts', [
    ['the count of all instances', 'known.total = Math.max(known.total, counted.count + known.untold);', ''],
    ['alone while the store is away', 'known.untold += by;', ''],
    ['a store that failed is left in peace', 'aloneUntil = monotonic() + pause;', ''],
  ]),
  ...mutationsOf('packages/bff/src/plugin.ts', ratesTest, [
    [
      'sign-ins are limited',
      "{ GET: (request, reply) => startLogin(parts, request, reply) },\n    limited('login'),",
      '{ GET: (request, reply) => startLogin(parts, request, reply) },\n    {},',
    ],
    ['callbacks are limited', "limited('callback'),", '{},'],
  ]),
  ...mutationsOf('packages/bff/src/limits/load-shedding.ts', sheddingTest, [
    ['an overloaded process refuses', 'if (looks < patience) return done();', 'return done();'],
    [
      'not for having stood still once',
      'looks = isUnderPressure() ? looks + 1 : 0;',
      'looks = isUnderPressure() ? patience : 0;',
    ],
  ]),
];
