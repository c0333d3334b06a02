import { oauth2 } from './oauth2.ts';
import { knownClaims, member, type Profile } from './profile.ts';

const days = 86_400_000;

/**
 * GitHub, both kinds of app. An OAuth App's tokens do not end and are not refreshed; a GitHub App's end after 8 hours
 * and are refreshed for 6 months, each time with a new refresh token, at which the old pair ends at once. Scopes come
 * back with commas, and none for a GitHub App, whose permissions say what it may do.
 */
export const github: Profile = {
  ...oauth2,
  label: 'GitHub',
  issuer: 'https://github.com',
  places: { web: 'https://github.com', api: 'https://api.github.com', version: '' },
  endpoints: ({ web, api }) => ({
    authorization: `${web}/login/oauth/authorize`,
    token: `${web}/login/oauth/access_token`,
    userInfo: `${api}/user`,
  }),
  scopes: ['read:user', 'user:email'],
  clientAuthentication: 'client_secret_post',
  // A token that is not used for a year is revoked; until then it lives.
  tokenLifetime: 365 * days,
  errors: {
    bad_verification_code: 'invalid_grant',
    bad_refresh_token: 'invalid_grant',
    incorrect_client_credentials: 'invalid_client',
    redirect_uri_mismatch: 'invalid_client',
    application_suspended: 'unauthorized_client',
    unverified_user_email: 'access_denied',
  },
  personCalls: ({ api }, { userInfo }) => [
    { name: 'user', url: userInfo ?? `${api}/user`, scopes: [], optional: false },
    { name: 'emails', url: `${api}/user/emails`, scopes: [], optional: true },
  ],
  person: ({ user, emails }) => {
    const email = primaryEmail(emails);
    const [given, ...family] = String(member(user, 'name') ?? '').split(' ');
    return knownClaims({
      // The login can be changed, and taken by somebody else then; the number stays.
      sub: member(user, 'id'),
      name: member(user, 'name') ?? member(user, 'login'),
      given_name: family.length > 0 ? given : undefined,
      family_name: family.join(' '),
      preferred_username: member(user, 'login'),
      picture: member(user, 'avatar_url'),
      profile: member(user, 'html_url'),
      email: email ? member(email, 'email') : member(user, 'email'),
      email_verified: email ? member(email, 'verified') === true : undefined,
    });
  },
  revocation: ({ api }, clientId) => ({
    method: 'DELETE',
    url: `${api}/applications/${encodeURIComponent(clientId)}/token`,
    by: 'client',
  }),
  // Its 401 has no challenge that says so (RFC 6750 §3).
  refusesToken: (status, body) => status === 401 && member(body, 'message') === 'Bad credentials',
};

function primaryEmail(emails: unknown): unknown {
  return Array.isArray(emails) ? emails.find((one) => member(one, 'primary') === true) : undefined;
}
