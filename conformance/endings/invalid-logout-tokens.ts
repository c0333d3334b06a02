import { type AuthorizationServer, forge } from '@coatcheck/testing';

/** A logout token that must end nothing. */
export interface InvalidToken {
  readonly why: string;
  /** @param named `sub` and `sid` of a session that is there */
  make(as: AuthorizationServer, named: Named): Promise<string> | string;
}

interface Named {
  readonly sub: string;
  readonly sid: string;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';
const now = (as: AuthorizationServer) => Math.floor(Date.now() / 1_000) + as.settings.clockOffset;

/** Not signed by the provider, or not as it signs (§2.6 step 2 and 3, OIDC Core §10.1). */
const badSignatures = Object.entries({
  'a flipped bit in the signature': forge.badSignature(),
  'a foreign key under the provider’s key id': forge.foreignKey(),
  'alg none': forge.algNone(),
  'alg None': forge.algNone('None'),
  'alg nOnE': forge.algNone('nOnE'),
  'no alg': forge.all(forge.algNone(), forge.header({ alg: undefined })),
  'HS256 with the client secret': forge.hs256('client-secret'),
  'HS256 with the public key as PEM': forge.hs256('public-key-pem'),
  'HS256 with the public key as JWK': forge.hs256('public-key-jwk'),
  'HS256 with nothing': forge.hs256(Buffer.alloc(0)),
  'another algorithm, whose key the provider publishes': forge.alg('ES256'),
  'PS256 with the RS256 key': forge.header({ alg: 'PS256' }),
  'a signature cut off': (draft: Draft) => {
    draft.finish = (token) => token.slice(0, token.lastIndexOf('.') + 1);
  },
  'a key id that nobody has': forge.header({ kid: 'unknown' }),
  'a critical header that nobody understands': forge.header({ crit: ['x'], x: true }),
}).map(([why, change]) => ({
  why,
  make: (as: AuthorizationServer, named: Named) => as.signLogoutToken({ ...named }, change),
}));

type Draft = { finish?: (token: string) => string };

const advertised: InvalidToken = {
  why: 'a key that the token itself brings',
  make: (as, named) => as.signLogoutToken({ ...named }, forge.advertisedKey(as.keys, 'RS256')),
};

/** Signed by the provider, and still wrong (§2.4, §2.6 step 4 to 7). */
const badClaims = Object.entries<(as: AuthorizationServer) => Record<string, unknown>>({
  'another audience': () => ({ aud: 'another-client' }),
  'no audience': () => ({ aud: undefined }),
  'an empty list of audiences': () => ({ aud: [] }),
  'an audience more': (as) => ({ aud: [as.client.clientId, 'another-client'] }),
  'an audience that is an object': (as) => ({ aud: { 0: as.client.clientId } }),
  'an audience in other case': (as) => ({ aud: as.client.clientId.toUpperCase() }),
  'another issuer': () => ({ iss: 'https://evil.test' }),
  'no issuer': () => ({ iss: undefined }),
  'the issuer with a slash': (as) => ({ iss: `${as.issuer}/` }),
  'a list of issuers': (as) => ({ iss: [as.issuer] }),
  'an exp that has passed': (as) => ({ iat: now(as) - 180, exp: now(as) - 60 }),
  'no exp': () => ({ exp: undefined }),
  'an exp that is text': (as) => ({ exp: String(now(as) + 120) }),
  'an iat of an hour ago': (as) => ({ iat: now(as) - 3_600, exp: now(as) + 120 }),
  'an iat in ten minutes': (as) => ({ iat: now(as) + 600, exp: now(as) + 720 }),
  'no iat': () => ({ iat: undefined }),
  'an iat that is text': (as) => ({ iat: String(now(as)) }),
  'an nbf in ten minutes': (as) => ({ nbf: now(as) + 600 }),
  'no jti': () => ({ jti: undefined }),
  'an empty jti': () => ({ jti: '' }),
  'a jti that is a number': () => ({ jti: 7 }),
  'a jti of 10,000 characters': () => ({ jti: 'x'.repeat(10_000) }),
  'neither sub nor sid': () => ({ sub: undefined, sid: undefined }),
  'empty sub and sid': () => ({ sub: '', sid: '' }),
  'an empty sid': () => ({ sid: '' }),
  'an empty sub': () => ({ sub: '' }),
  'a sid that is a number': () => ({ sid: 7 }),
  'a sid that is a list': () => ({ sid: ['x'] }),
  'a sub that is a number': () => ({ sub: 7 }),
  'a sub and a null sid': () => ({ sid: null }),
  'a nonce': () => ({ nonce: 'n-0S6_WzA2Mj' }),
  'an empty nonce': () => ({ nonce: '' }),
  'a null nonce': () => ({ nonce: null }),
  'no events': () => ({ events: undefined }),
  'events that are text': () => ({ events: event }),
  'events that are a list': () => ({ events: [event] }),
  'no event in it': () => ({ events: {} }),
  'another event': () => ({ events: { 'http://schemas.openid.net/event/frontchannel-logout': {} } }),
  'the event in other case': () => ({ events: { [event.toUpperCase()]: {} } }),
  'the event with a slash': () => ({ events: { [`${event}/`]: {} } }),
  'an event that is text': () => ({ events: { [event]: '{}' } }),
  'an event that is true': () => ({ events: { [event]: true } }),
  'an event that is null': () => ({ events: { [event]: null } }),
  'an event that is a list': () => ({ events: { [event]: [] } }),
}).map(([why, claims]) => ({
  why,
  make: (as: AuthorizationServer, named: Named) => as.signLogoutToken({ ...named, ...claims(as) }),
}));

/** Another kind of token, by its header or altogether (RFC 8725 §3.11, §3.12). */
const otherKinds: readonly InvalidToken[] = [
  ...['at+jwt', 'application/at+jwt', 'dpop+jwt', 'secevent+jwt', 'id_token+jwt', 'logout', '', 7].map(
    (typ) => ({
      why: `typ ${JSON.stringify(typ)}`,
      make: (as: AuthorizationServer, named: Named) =>
        as.signLogoutToken({ ...named }, forge.header({ typ })),
    }),
  ),
  { why: 'the ID token of the session', make: (as) => newest(as, 'id_token') },
  { why: 'the access token of the session', make: (as) => newest(as, 'access_token') },
  { why: 'the refresh token of the session', make: (as) => newest(as, 'refresh_token') },
  { why: 'claims that are a list', make: (as) => as.sign({}, {}, forge.payload('[]')) },
  { why: 'claims that are no JSON', make: (as) => as.sign({}, {}, forge.payload('{"sub":')) },
  { why: 'no JWT', make: () => 'logout' },
  { why: 'an empty token', make: () => '' },
  {
    why: 'two parts',
    make: async (as, named) => (await as.signLogoutToken({ ...named })).split('.', 2).join('.'),
  },
  { why: 'four parts', make: async (as, named) => `${await as.signLogoutToken({ ...named })}.x` },
  { why: 'white space around it', make: async (as, named) => ` ${await as.signLogoutToken({ ...named })}\n` },
];

/** Every kind, each of which names a session that is there unless its kind forbids that. */
export const invalidTokens: readonly InvalidToken[] = [
  ...badSignatures,
  advertised,
  ...badClaims,
  ...otherKinds,
];

function newest(as: AuthorizationServer, wanted: 'id_token' | 'access_token' | 'refresh_token'): string {
  return as.issued().findLast(({ kind }) => kind === wanted)?.value ?? '';
}
