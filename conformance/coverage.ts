/** Where a row of the catalogue is tested. Several members: part here, part there. */
export interface Coverage {
  /** By tests in `conformance/tests` that cite it. */
  readonly here?: true;
  /** By tests in these files, which cite it too. */
  readonly elsewhere?: readonly string[];
  /** Not yet: the letter of the issue that brings it, and which part, where it is one. */
  readonly later?: { readonly issue: string; readonly part?: string };
}

const here: Coverage = { here: true };

const elsewhere = (...files: string[]): Coverage => ({ elsewhere: files });

const later = (issue: string, part?: string): Coverage => ({
  later: { issue, ...(part === undefined ? {} : { part }) },
});

/** Every id of `requirements.md`. A test that cites an id which is only `later` fails the suite: say `here`. */
export const coverage = {
  // Starting the flow (authorization request)
  'BFF-LOGIN-01': here,
  'BFF-LOGIN-02': here,
  'BFF-LOGIN-03': here,
  'BFF-LOGIN-04': here,
  'BFF-LOGIN-05': here,
  'BFF-LOGIN-06': here,
  'BFF-LOGIN-07': here,
  'BFF-LOGIN-08': here,
  'BFF-LOGIN-09': here,
  'BFF-LOGIN-10': here,

  // Callback (authorization response)
  'BFF-CB-01': here,
  'BFF-CB-02': here,
  'BFF-CB-03': here,
  'BFF-CB-04': here,
  'BFF-CB-05': here,
  'BFF-CB-06': here,
  'BFF-CB-07': here,
  'BFF-CB-08': here,
  'BFF-CB-09': here,
  'BFF-CB-10': here,
  'BFF-CB-11': { here: true, elsewhere: ['e2e/journeys/landing.spec.ts'] },
  'BFF-CB-12': { here: true, elsewhere: ['e2e/journeys/response-modes.spec.ts'] },

  // Code exchange and UserInfo
  'BFF-TOK-01': here,
  'BFF-TOK-02': here,
  'BFF-TOK-03': here,
  'BFF-TOK-04': here,
  'BFF-TOK-05': here,
  'BFF-TOK-06': here,
  'BFF-TOK-07': here,
  'BFF-TOK-08': here,

  // ID token validation
  'BFF-IDT-01': here,
  'BFF-IDT-02': here,
  'BFF-IDT-03': here,
  'BFF-IDT-04': here,
  'BFF-IDT-05': here,
  'BFF-IDT-06': here,
  'BFF-IDT-07': here,
  'BFF-IDT-08': here,
  'BFF-IDT-09': here,
  'BFF-IDT-10': here,
  'BFF-IDT-11': here,
  'BFF-IDT-12': here,
  'BFF-IDT-13': here,
  'BFF-IDT-14': here,
  'BFF-IDT-15': here,
  'BFF-IDT-16': here,

  // Discovery and JWKS
  'BFF-KEY-01': here,
  'BFF-KEY-02': here,
  'BFF-KEY-03': here,
  'BFF-KEY-04': here,
  'BFF-KEY-05': here,
  'BFF-KEY-06': here,

  // Session lifecycle
  'BFF-SESS-01': here,
  'BFF-SESS-02': here,
  'BFF-SESS-03': here,
  'BFF-SESS-04': here,
  'BFF-SESS-05': here,
  'BFF-SESS-06': here,
  'BFF-SESS-07': here,
  'BFF-SESS-08': here,
  'BFF-SESS-09': here,
  'BFF-SESS-10': here,
  'BFF-SESS-11': here,

  // Cookies
  'BFF-COOK-01': {
    here: true,
    elsewhere: ['e2e/journeys/session.spec.ts', 'e2e/journeys/sibling-site.spec.ts'],
  },
  'BFF-COOK-02': {
    here: true,
    elsewhere: ['e2e/journeys/session.spec.ts', 'e2e/journeys/foreign-site.spec.ts'],
  },
  'BFF-COOK-03': { here: true, elsewhere: ['e2e/journeys/landing.spec.ts'] },
  'BFF-COOK-04': here,
  'BFF-COOK-05': here,
  'BFF-COOK-06': here,
  'BFF-COOK-07': here,

  // CSRF, CORS, Fetch Metadata
  'BFF-CSRF-01': here,
  'BFF-CSRF-02': here,
  'BFF-CSRF-03': here,
  'BFF-CSRF-04': here,
  'BFF-CSRF-05': {
    here: true,
    elsewhere: ['e2e/journeys/foreign-site.spec.ts', 'e2e/journeys/sibling-site.spec.ts'],
  },
  'BFF-CSRF-06': here,
  'BFF-CSRF-07': here,

  // Refresh: concurrency and crash-safety
  'BFF-REF-01': here,
  'BFF-REF-02': here,
  'BFF-REF-03': { here: true, elsewhere: ['e2e/journeys/refresh.spec.ts'] },
  'BFF-REF-04': here,
  'BFF-REF-05': here,
  'BFF-REF-06': here,
  'BFF-REF-07': here,
  'BFF-REF-08': here,
  'BFF-REF-09': here,
  'BFF-REF-10': here,
  'BFF-REF-11': here,
  'BFF-REF-12': here,
  'BFF-REF-13': here,
  'BFF-REF-14': here,
  'BFF-REF-15': here,

  // Proxy hardening (HTTP)
  'BFF-PROXY-01': here,
  'BFF-PROXY-02': here,
  'BFF-PROXY-03': here,
  'BFF-PROXY-04': here,
  'BFF-PROXY-05': here,
  'BFF-PROXY-06': here,
  'BFF-PROXY-07': here,
  'BFF-PROXY-08': here,
  'BFF-PROXY-09': here,
  'BFF-PROXY-10': here,
  'BFF-PROXY-11': here,
  'BFF-PROXY-12': here,
  'BFF-PROXY-13': here,
  'BFF-PROXY-14': here,
  'BFF-PROXY-15': here,
  'BFF-PROXY-16': here,
  'BFF-PROXY-17': here,
  'BFF-PROXY-18': here,
  'BFF-PROXY-19': here,

  // SSE and WebSocket
  'BFF-STREAM-01': here,
  'BFF-STREAM-02': here,
  'BFF-STREAM-03': here,
  'BFF-STREAM-04': here,
  'BFF-STREAM-05': here,

  // Response headers
  'BFF-HDR-01': here,
  'BFF-HDR-02': { here: true, elsewhere: ['e2e/journeys/foreign-site.spec.ts'] },
  'BFF-HDR-03': here,
  'BFF-HDR-04': { here: true, elsewhere: ['e2e/journeys/sign-out.spec.ts'] },

  // Bad input
  'BFF-BAD-01': here,
  'BFF-BAD-02': here,
  'BFF-BAD-03': here,
  'BFF-BAD-04': here,
  'BFF-BAD-05': here,
  'BFF-BAD-06': here,

  // IdP misbehaviour
  'BFF-IDP-01': here,
  'BFF-IDP-02': here,
  'BFF-IDP-03': here,
  'BFF-IDP-04': here,
  'BFF-IDP-05': here,
  'BFF-IDP-06': here,
  'BFF-IDP-07': here,

  // No token ever in the browser
  'BFF-LEAK-01': { here: true, elsewhere: ['e2e/journeys/proof.spec.ts'] },
  'BFF-LEAK-02': elsewhere('e2e/journeys/proof.spec.ts'),
  'BFF-LEAK-03': { here: true, elsewhere: ['e2e/journeys/proof.spec.ts'] },
  'BFF-LEAK-04': { here: true, elsewhere: ['e2e/journeys/landing.spec.ts'] },
  'BFF-LEAK-05': here,
  'BFF-LEAK-06': here,
  'BFF-LEAK-07': here,
  'BFF-LEAK-08': here,
  'BFF-LEAK-09': here,

  // Logout and revocation
  'BFF-LOGOUT-01': here,
  'BFF-LOGOUT-02': here,
  'BFF-LOGOUT-03': here,
  'BFF-LOGOUT-04': here,
  'BFF-LOGOUT-05': here,
  'BFF-LOGOUT-06': here,
  'BFF-LOGOUT-07': here,
  'BFF-LOGOUT-08': here,
  'BFF-LOGOUT-09': here,
  'BFF-LOGOUT-10': here,
  'BFF-LOGOUT-11': here,

  // Resource-server JWT plugin
  'BFF-RS-01': elsewhere('packages/resource-server/test/token-acceptance.test.ts'),
  'BFF-RS-02': elsewhere('packages/resource-server/test/token-acceptance.test.ts'),
  'BFF-RS-03': elsewhere('packages/resource-server/test/token-acceptance.test.ts'),
  'BFF-RS-04': elsewhere('packages/resource-server/test/algorithms.test.ts'),
  'BFF-RS-05': elsewhere('packages/resource-server/test/challenges.test.ts'),
  'BFF-RS-06': elsewhere('packages/resource-server/test/challenges.test.ts'),
  'BFF-RS-07': elsewhere(
    'packages/resource-server/test/dpop.test.ts',
    'packages/resource-server/test/dpop-replay.test.ts',
    'packages/resource-server/test/mtls.test.ts',
    'apps/api/test/sender-constrained.test.ts',
  ),
  'BFF-RS-08': elsewhere('packages/resource-server/test/keys.test.ts'),
  'BFF-RS-09': elsewhere('packages/resource-server/test/access.test.ts', 'apps/api/test/notes.test.ts'),
  'BFF-RS-10': elsewhere('packages/resource-server/test/introspection.test.ts'),

  // Client authentication
  'BFF-CAUTH-01': here,
  'BFF-CAUTH-02': here,
  'BFF-CAUTH-03': here,

  // PAR, JAR, DPoP, resource indicators, token exchange, step-up, DBSC
  'BFF-ADV-01': here,
  'BFF-ADV-02': here,
  'BFF-ADV-03': here,
  'BFF-ADV-04': here,
  'BFF-ADV-05': here,
  'BFF-ADV-06': here,
  'BFF-ADV-07': here,
  'BFF-ADV-08': here,
  'BFF-ADV-09': { here: true, elsewhere: ['e2e/journeys/step-up.spec.ts'] },
  'BFF-ADV-10': here,
  'BFF-ADV-11': later('D'),
  'BFF-ADV-12': later('D'),

  // React SDK (browser tests)
  'BFF-SDK-01': elsewhere('packages/client/test/api-fetch.test.ts', 'e2e/journeys/sdk-session.spec.ts'),
  'BFF-SDK-02': elsewhere(
    'packages/client/test/api-fetch.test.ts',
    'packages/react/test/router.test.ts',
    'e2e/journeys/sdk-session.spec.ts',
    'e2e/journeys/sdk-sign-in-again.spec.ts',
  ),
  'BFF-SDK-03': elsewhere('e2e/journeys/sdk-session.spec.ts'),

  // Embedded demo OpenID Provider
  'BFF-OP-01': elsewhere('apps/idp/test/environment.test.ts', 'apps/idp/test/process.test.ts'),
  'BFF-OP-02': elsewhere('apps/idp/test/authorization-code.test.ts', 'apps/idp/test/adapter.test.ts'),
  'BFF-OP-03': elsewhere('apps/idp/test/refresh-token.test.ts', 'apps/idp/test/adapter.test.ts'),
  'BFF-OP-04': elsewhere('apps/idp/test/pages.test.ts'),

  // Provider profiles (fake IdP imitating Google, GitHub, Facebook)
  'BFF-PROV-01': here,
  'BFF-PROV-02': here,
  'BFF-PROV-03': here,
  'BFF-PROV-04': here,
  'BFF-PROV-05': here,
  'BFF-PROV-06': here,
  'BFF-PROV-07': here,
  'BFF-PROV-08': here,
  'BFF-PROV-09': here,
  'BFF-PROV-10': here,
  'BFF-PROV-11': here,

  // Operations
  'BFF-OPS-01': here,
  'BFF-OPS-02': here,
  'BFF-OPS-03': here,
  'BFF-OPS-04': here,
} as const satisfies Record<string, Coverage>;

/** The rows of `advisories.md` that somebody answers for; more come with later issues. */
export const advisoryCoverage = {
  1: here,
  2: here,
  3: here,
  4: here,
  5: here,
  6: here,
  7: here,
  8: here,
  9: here,
  10: here,
  11: here,
  12: here,
  13: here,
  14: here,
  15: here,
  16: here,
  17: here,
  18: here,
  19: here,
  20: here,
  21: here,
  22: here,
  23: here,
  24: here,
  25: here,
  26: here,
  27: here,
  28: here,
  29: here,
  30: here,
  31: here,
  32: here,
  33: here,
  34: here,
  35: here,
  36: here,
  37: here,
  38: here,
  39: here,
  40: here,
  41: here,
  42: here,
  43: here,
  44: here,
  45: here,
  46: here,
  47: here,
  48: here,
  49: here,
  50: here,
  51: here,
  52: here,
  53: here,
  54: here,
  55: here,
  56: here,
  57: here,
  58: here,
  59: here,
  60: here,
  61: here,
  62: here,
  63: here,
  64: here,
  65: here,
  66: here,
  67: here,
  68: here,
  69: here,
  70: here,
  71: here,
  72: here,
  73: here,
  74: here,
  75: here,
} as const satisfies Record<number, Coverage>;
