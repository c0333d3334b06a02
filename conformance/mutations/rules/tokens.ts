import { type Mutation, mutationsOf } from '../mutation.ts';

const dpopTest = 'packages/bff/test/proxy/dpop.test.ts';
const privilegeTest = 'conformance/tests/least-privilege.test.ts';
const slotTest = 'packages/bff/test/token-want.test.ts';
const fieldsTest = 'conformance/tests/request-fields.test.ts';

/** Which token goes along, and its proof (BFF-ADV-04, -05, -07, BFF-PROXY-05, -06). */
export const tokenRules: readonly Mutation[] = [
  ...mutationsOf('packages/bff/src/proxy/admission.ts', 'packages/bff/test/remedies.test.ts', [
    [
      'the scopes of the route',
      'if (!route.settings.scopes.every((scope) => token.scopes.includes(scope)))',
      'if (false)',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', 'packages/bff/test/access.test.ts', [
    [
      'the access rules of the route',
      'const denied = deniedBy(route.settings.access, session.record.facts ?? {});\n  if (denied !== null) {',
      'const denied = deniedBy(route.settings.access, session.record.facts ?? {});\n  if (false) {',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', 'conformance/tests/dpop.test.ts', [
    [
      'a bound token comes with its proof',
      "token?.type === 'DPoP' ? proven(call, settings.origin, session, token, headers) : headers",
      'headers',
    ],
    ['a bound token is called so', "type: token.type === 'DPoP' ? 'DPoP' : 'Bearer'", "type: 'Bearer'"],
  ]),
  ...mutationsOf('packages/bff/src/refresh/token-want.ts', privilegeTest, [
    [
      'a token for each resource',
      "return scope === '' ? resource : `${resource} ${scope}`;",
      "return scope === '' ? '' : scope;",
    ],
    [
      'a token for each set of scopes',
      "return scope === '' ? resource : `${resource} ${scope}`;",
      'return resource;',
    ],
    ['an exchanged token is another', "if (by === 'exchange') return", 'if (false) return', slotTest],
    ['a token for our word is another', "if (by === 'assertion') return", 'if (false) return', slotTest],
  ]),
  ...mutationsOf('packages/bff/src/proxy/dpop/proof.ts', dpopTest, [
    ['jti', 'jti: claims.id,', "jti: 'same',"],
    ['htm', 'htm: method,', "htm: 'GET',"],
    ['htu without the query', 'origin + (query === -1 ? path : path.slice(0, query))', 'origin + path'],
    ['iat in seconds', 'iat: Math.floor(claims.now / 1_000),', 'iat: claims.now,'],
    ['ath', '    ath: accessTokenHash,\n', ''],
    ['nonce', '    nonce,\n', ''],
  ]),
  ...mutationsOf('packages/bff/src/proxy/dpop/nonces.ts', dpopTest, [
    [
      'by key and origin',
      'const place = (key: DpopKey, origin: string) => `${key.x} ${origin}`;',
      'const place = (key: DpopKey, origin: string) => `${key.x.length} ${origin}`;',
    ],
    ['by origin', '`${key.x} ${origin}`', '`${key.x}`'],
    ['one', ' || given.length > 1', ''],
    ['a sound one', ' || !sound.test(nonce)', ''],
  ]),
  ...mutationsOf('packages/bff/src/proxy/dpop/proofs.ts', dpopTest, [
    [
      'asked for by a 401 alone',
      'isKnown && status === 401 && asksForNonce(rawHeaders)',
      'isKnown && asksForNonce(rawHeaders)',
    ],
    ['asked for by name', ' && asksForNonce(rawHeaders)', ''],
    ['a bearer token has no key', "token?.type === 'DPoP' ? ", 'token ? '],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', fieldsTest, [
    [
      'one ticket',
      'const found = parts.tickets.read(request.headers);',
      "const found = { kind: 'none' } as ReturnType<typeof parts.tickets.read>;",
    ],
  ]),
];
