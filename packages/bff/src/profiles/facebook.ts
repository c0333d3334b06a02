import { oauth2 } from './oauth2.ts';
import { claimsIn } from './oidc.ts';
import { knownClaims, member, type Places, type Profile } from './profile.ts';

const days = 86_400_000;

/** The token has ended, was revoked, or belongs to a session that has (Meta, "Handling Errors"). */
const tokenErrors: ReadonlySet<unknown> = new Set([102, 190]);
/** Trouble that passes: unknown, service, too many calls. */
const passingErrors: ReadonlySet<unknown> = new Set([1, 2, 4, 17]);

const graph = ({ api, version }: Places, path: string) => `${api}/${version}${path}`;
const fields = 'id,name,first_name,last_name,email,picture';

/**
 * Facebook Login. No refresh token: the short token of the sign-in is exchanged for one of about 60 days at once, since
 * one that has ended cannot be. Asked for `openid` it gives an ID token too, from a discovery document without a token
 * endpoint.
 */
export const facebook: Profile = {
  ...oauth2,
  label: 'Facebook',
  mayBeOpenId: true,
  issuer: 'https://www.facebook.com',
  places: { web: 'https://www.facebook.com', api: 'https://graph.facebook.com', version: 'v24.0' },
  endpoints: (places) => ({
    authorization: `${places.web}/${places.version}/dialog/oauth`,
    token: graph(places, '/oauth/access_token'),
    userInfo: graph(places, '/me'),
  }),
  // `#_=_`
  appendsFragment: true,
  scopes: ['public_profile', 'email'],
  clientAuthentication: 'client_secret_post',
  // It would end the app's access on every device.
  logout: { ...oauth2.logout, revoke: false },
  tokenLifetime: 60 * days,
  errorOf(error) {
    const code = member(error, 'code');
    if (typeof error !== 'object' || error === null) return undefined;
    if (code === 101) return 'invalid_client';
    if (passingErrors.has(code)) return 'temporarily_unavailable';
    return tokenErrors.has(code) || code === 100 ? 'invalid_grant' : 'invalid_request';
  },
  personCalls: (places) => [
    { name: 'user', url: `${graph(places, '/me')}?fields=${fields}`, scopes: [], optional: false },
  ],
  person: (answers) => {
    const { user } = answers;
    if (user === undefined) return claimsIn(answers);
    return knownClaims({
      sub: member(user, 'id'),
      name: member(user, 'name'),
      given_name: member(user, 'first_name'),
      family_name: member(user, 'last_name'),
      // Facebook does not say whether it is verified, so it is not.
      email: member(user, 'email'),
      picture: member(member(member(user, 'picture'), 'data'), 'url'),
    });
  },
  tokenCheck: (places) => graph(places, '/debug_token'),
  longLivedToken: { grantType: 'fb_exchange_token', parameter: 'fb_exchange_token' },
  proofParameter: 'appsecret_proof',
  revocation: (places) => ({ method: 'DELETE', url: graph(places, '/me/permissions'), by: 'token' }),
  refusesToken: (status, body) =>
    (status === 400 || status === 401) && tokenErrors.has(member(member(body, 'error'), 'code')),
};
