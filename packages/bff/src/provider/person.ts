import type { CustomFetch } from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { type Claims, member } from '../profiles/profile.ts';
import { callApi } from './api-call.ts';
import type { Outcome } from './failure.ts';
import { claimsOf } from './identity.ts';
import { tokenProof } from './proof.ts';
import type { TokenSet } from './provider.ts';

/** Who signed in, as the provider's API says: there is no ID token that could. */
export async function personOf(
  fetch: CustomFetch,
  settings: ProviderSettings,
  tokens: TokenSet,
): Promise<Outcome<{ readonly subject: string; readonly claims: Claims }>> {
  const { profile, places, endpoints } = settings;
  const answers: Record<string, unknown> = {};
  for (const call of profile.personCalls(places, endpoints)) {
    const answer = await callApi(fetch, {
      method: 'GET',
      url: withProof(settings, call.url, tokens.accessToken),
      authorization: `Bearer ${tokens.accessToken}`,
    });
    if (answer.ok) answers[call.name] = answer.value;
    else if (!call.optional || answer.failure.kind !== 'oauth_error') return answer;
  }
  const claims = claimsOf(settings, answers);
  const subject = subjectOf(claims.sub);
  if (subject === undefined) {
    return { ok: false, failure: { kind: 'invalid_response', detail: 'the API names no subject' } };
  }
  return { ok: true, value: { subject, claims: { ...claims, sub: subject } } };
}

/**
 * Whether the token is this client's, and whose it is: one that was given to another client names a person too, but
 * nobody who wants to sign in here (RFC 9700 §4.6).
 */
export async function checkToken(
  fetch: CustomFetch,
  settings: ProviderSettings,
  accessToken: string,
): Promise<Outcome<string | null>> {
  const { profile, places, clientId, clientSecret } = settings;
  if (profile.tokenCheck === null) return { ok: true, value: null };
  const url = new URL(profile.tokenCheck(places));
  url.searchParams.set('input_token', accessToken);
  const answer = await callApi(fetch, {
    method: 'GET',
    url: url.href,
    authorization: `Bearer ${clientId}|${clientSecret ?? ''}`,
  });
  if (!answer.ok) return answer;
  const data = member(answer.value, 'data');
  const subject = subjectOf(member(data, 'user_id'));
  const isOurs = member(data, 'is_valid') === true && String(member(data, 'app_id')) === clientId;
  return isOurs && subject !== undefined
    ? { ok: true, value: subject }
    : { ok: false, failure: { kind: 'invalid_response', detail: 'the token is not for this client' } };
}

/** A number is kept as text: it is a name, and the name of a person never changes its type. */
function subjectOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value) ? value : undefined;
}

function withProof({ profile, clientSecret }: ProviderSettings, url: string, accessToken: string): string {
  if (profile.proofParameter === null || clientSecret === null) return url;
  const signed = new URL(url);
  signed.searchParams.set(profile.proofParameter, tokenProof(accessToken, clientSecret));
  return signed.href;
}
