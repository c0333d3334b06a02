import { type Claims, member, type Profile } from './profile.ts';

/** Any OpenID Provider that keeps to the standards. */
export const oidc: Profile = {
  label: null,
  protocol: 'openid',
  mayBeOpenId: false,
  issuer: null,
  places: null,
  endpoints: () => ({}),
  issuers: 'one',
  organizationParameter: null,
  hasHostedDomains: false,
  appendsFragment: false,
  scopes: ['openid', 'profile', 'email'],
  refusedScopes: {},
  authorizationParameters: {},
  clientAuthentication: 'client_secret_basic',
  signsClientSecret: false,
  responseMode: 'query',
  answerClaims: null,
  logout: { atProvider: true, hint: 'none', hintIs: 'name', revoke: true },
  tokenLifetime: 300_000,
  errors: {},
  errorOf: () => undefined,
  personCalls: () => [],
  person: claimsIn,
  tokenCheck: null,
  longLivedToken: null,
  proofParameter: null,
  revocation: null,
  refusesToken: null,
};

/** The claims of the ID token, and of userinfo where that was asked too. */
export function claimsIn(answers: Readonly<Record<string, unknown>>): Claims {
  const { claims } = answers;
  return typeof claims === 'object' && claims !== null ? { ...claims } : {};
}

/** A claim that some providers write as text (OpenID Connect Core §5.1 has it as a boolean). */
export function isTrue(claims: unknown, name: string): boolean | undefined {
  const value = member(claims, name);
  if (value === true || value === 'true') return true;
  return value === undefined ? undefined : false;
}
