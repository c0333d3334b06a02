import { claimsIn, isTrue, oidc } from './oidc.ts';
import { type Claims, knownClaims, member, type Profile } from './profile.ts';

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
  clientAuthentication: 'client_secret_post',
  signsClientSecret: true,
  responseMode: 'form_post',
  answerClaims: namesIn,
  logout: { ...oidc.logout, atProvider: false },
  tokenLifetime: 3_600_000,
  person(answers) {
    const claims = claimsIn(answers);
    return knownClaims({ ...claims, email_verified: isTrue(claims, 'email_verified') });
  },
};

/** The e-mail address in it is left out: the one in the ID token is signed. */
function namesIn(user: string): Claims {
  try {
    const name = member(JSON.parse(user), 'name');
    const [given, family] = ['firstName', 'lastName'].map((part) => text(member(name, part)));
    const whole = [given, family].filter((part) => part !== '').join(' ');
    return knownClaims({ given_name: given, family_name: family, name: whole });
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 255) : '';
}
