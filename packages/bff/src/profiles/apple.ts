import { claimsIn, isTrue, oidc } from './oidc.ts';
import { knownClaims, type Profile } from './profile.ts';

/**
 * Sign in with Apple. The client secret is a short JWT that a key signs. With name or e-mail asked for, the answer
 * comes by `form_post`; the name comes with the first answer of all and never again, the e-mail address in the ID token.
 * There is no userinfo and no sign-out.
 */
export const apple: Profile = {
  ...oidc,
  label: 'Apple',
  issuer: 'https://appleid.apple.com',
  scopes: ['openid', 'name', 'email'],
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  logout: { atProvider: false, hint: 'none', revoke: true },
  tokenLifetime: 3_600_000,
  person(answers) {
    const claims = claimsIn(answers);
    return knownClaims({ ...claims, email_verified: isTrue(claims, 'email_verified') });
  },
};
