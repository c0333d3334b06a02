import { type Answer, authorizationToken, type Call, json } from '../call.ts';
import { googleAccount, googleClaims } from './accounts.ts';
import type { GoogleGrants } from './grants.ts';

/** `GET`/`POST /v1/userinfo`. */
export function userInfo(grants: GoogleGrants, origin: string, call: Call): Answer {
  const token = authorizationToken(call) ?? call.form.get('access_token') ?? call.query.get('access_token');
  const found = grants.accessTokens.find(token ?? '');
  if (found === undefined || !found.scopes.includes('openid')) {
    const challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"';
    return json(
      401,
      { error: 'invalid_request', error_description: 'Invalid Credentials' },
      { 'WWW-Authenticate': challenge },
    );
  }
  return json(200, googleClaims(found.accountId, found.scopes, origin));
}

/** `/tokeninfo`: what an access token is; the only way to look into one. */
export function tokenInfo(grants: GoogleGrants, now: () => number, call: Call): Answer {
  const token = call.query.get('access_token') ?? call.form.get('access_token') ?? '';
  const found = grants.accessTokens.find(token);
  if (found === undefined || found.expiresAt === null) {
    return json(400, { error: 'invalid_token', error_description: 'Invalid Value' });
  }
  const { email, email_verified } = googleClaims(found.accountId, found.scopes, '');
  return json(200, {
    azp: found.clientId,
    aud: found.clientId,
    sub: found.accountId,
    scope: found.scopes.join(' '),
    exp: String(found.expiresAt),
    expires_in: String(found.expiresAt - Math.floor(now() / 1000)),
    ...(email !== undefined && { email, email_verified: String(email_verified) }),
    access_type: found.offline ? 'offline' : 'online',
  });
}

/** `POST /revoke`, without client authentication: who has the token may end the grant. */
export function revoke(grants: GoogleGrants, call: Call): Answer {
  const token = call.form.get('token') ?? call.query.get('token') ?? '';
  if (grants.revoke(token)) return json(200, {});
  return json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' });
}

/** A round picture with the first letter. */
export function picture(call: Call): Answer {
  const account = googleAccount(call.params.id ?? '');
  if (account === undefined) return json(404, { error: 'not_found' });
  const letter = account.givenName.slice(0, 1);
  const text = `<text x="48" y="62" font-family="sans-serif" font-size="40" text-anchor="middle" fill="#fff">${letter}</text>`;
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><circle cx="48" cy="48" r="48" fill="#5f6368"/>${text}</svg>`;
  const headers = { 'Content-Type': 'image/svg+xml', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  return { status: 200, headers, body };
}
