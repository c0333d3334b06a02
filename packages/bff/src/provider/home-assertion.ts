import { createHash, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { signingKey } from './client-keys.ts';
import type { Outcome } from './failure.ts';
import type { AssertedPerson, TokenSet, TokenTarget } from './provider.ts';
import { tokenSet } from './token-set.ts';

/** RFC 7523 §2.1. */
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** So that it never passes for a client assertion or an ID token (RFC 8725 §3.11). */
const type = 'home-assertion+jwt';
/** Seconds: it is used at once. */
const life = 60;

/**
 * A token of this provider for a person whom another one signed in: this client, which saw that, vouches for it by an
 * assertion that its own key signs. The other provider's tokens stay here: any other client's would say the same.
 *
 * @param now milliseconds since the epoch
 */
export async function tokenForPerson(
  config: client.Configuration,
  settings: ProviderSettings,
  person: AssertedPerson,
  { resource, scope }: TokenTarget,
  now: () => number,
): Promise<Outcome<TokenSet>> {
  const response = await client.genericGrantRequest(config, jwtBearer, {
    assertion: await assertionOf(settings, person, now()),
    ...(resource === '' ? {} : { resource }),
    ...(scope === '' ? {} : { scope }),
  });
  const tokens = tokenSet(response, settings, null, now());
  if (!tokens.ok) return tokens;
  // Whatever else comes is about the home account, and not about the sign-in.
  return { ok: true, value: { ...tokens.value, refreshToken: null, idToken: null, claims: null } };
}

function assertionOf(settings: ProviderSettings, person: AssertedPerson, now: number): Promise<string> {
  const { kid, alg, cryptoKey } = signingKey(settings.clientKeys, undefined);
  const { issuer, subject, authTime, name, email } = person;
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({
    iss: settings.clientId,
    aud: settings.issuerName,
    sub: federatedSubject(issuer, subject),
    // RFC 9493 §3.2.4
    sub_id: { format: 'iss_sub', iss: issuer, sub: subject },
    auth_time: authTime,
    iat: seconds,
    exp: seconds + life,
    jti: randomBytes(24).toString('base64url'),
    ...(name === null ? {} : { name }),
    ...(email === null ? {} : { email, email_verified: true }),
  })
    .setProtectedHeader({ alg, kid, typ: type })
    .sign(cryptoKey);
}

/** A name for the person that no issuer can choose: two issuers may give the same `sub`. */
function federatedSubject(issuer: string, subject: string): string {
  const hash = createHash('sha256').update(JSON.stringify([issuer, subject]));
  return `federated:${hash.digest('base64url')}`;
}
