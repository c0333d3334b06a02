import type { AuthorizationServer, Change, JarResponse, JwtDraft } from '@coatcheck/testing';
import { claimsOf } from '../evidence/tokens.ts';
import type { Rig } from '../rig.ts';

/** The `sid` of the newest sign-in at a provider. */
export function newestSid(as: AuthorizationServer): string {
  const idToken = as.issued().findLast(({ kind }) => kind === 'id_token')?.value ?? '';
  return String(claimsOf(idToken).sid);
}

/** Posts a form as a provider does (OpenID Back-Channel Logout §2.5): no cookie, nothing that a browser would add. */
export function postLogoutToken(rig: Rig, token: string, provider = 'main'): Promise<JarResponse> {
  return postForm(rig, new URLSearchParams({ logout_token: token }), provider);
}

export function postForm(rig: Rig, body: URLSearchParams, provider = 'main'): Promise<JarResponse> {
  return rig.jar().request(rig.bff.paths.backchannelLogout(provider), { method: 'POST', body });
}

/** Makes a valid logout token, changes it if told so, and posts it. */
export async function logOutByProvider(
  rig: Rig,
  claims: Record<string, unknown>,
  change?: Change<JwtDraft>,
): Promise<JarResponse> {
  return postLogoutToken(rig, await rig.as.signLogoutToken(claims, change));
}

/** The refresh tokens whose revocation a provider was asked for. */
export function revoked(as: AuthorizationServer): (string | null)[] {
  return as.requestsOf('revocation').map(({ form }) => form.get('token'));
}

/** The refresh token that was issued last. */
export function newestRefreshToken(as: AuthorizationServer): string {
  return as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '';
}
