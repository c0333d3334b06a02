import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { type Claims, member } from '../profiles/profile.ts';
import type { MetadataLoader } from './metadata.ts';

type IssuerSettings = Pick<ProviderSettings, 'profile' | 'issuerName' | 'tenants'>;

/** Where a tenant's id stands in the issuer of a provider that serves many. */
const tenantPlace = '{tenantid}';

/**
 * The issuer under which sessions know whoever has an `iss` of this provider: one for every spelling, and for each tenant
 * that may sign in its own.
 *
 * @returns undefined where it is not this provider's
 */
export function sessionIssuer(settings: IssuerSettings, iss: unknown): string | undefined {
  const { profile, issuerName, tenants } = settings;
  switch (profile.issuers) {
    case 'one':
      return iss === issuerName ? issuerName : undefined;
    case 'without-scheme':
      return iss === issuerName || iss === issuerName.replace(/^https?:\/\//, '') ? issuerName : undefined;
    case 'per-tenant': {
      const [before = '', after] = issuerName.split(tenantPlace);
      if (after === undefined) return iss === issuerName ? issuerName : undefined;
      if (typeof iss !== 'string' || !iss.startsWith(before) || !iss.endsWith(after)) return undefined;
      const tenant = iss.slice(before.length, iss.length - after.length);
      return tenants.includes(tenant.toLowerCase()) ? iss : undefined;
    }
  }
}

/** Whether an ID token's issuer is this provider's, in one of the ways in which it writes it. */
export function isOwnIssuer(settings: IssuerSettings, { iss, tid }: Claims): boolean {
  const { profile, issuerName, tenants } = settings;
  if (sessionIssuer(settings, iss) === undefined) return false;
  if (profile.issuers !== 'per-tenant') return true;
  const isOurs = typeof tid === 'string' && tenants.includes(tid.toLowerCase());
  return isOurs && iss === issuerName.replace(tenantPlace, tid);
}

/** The claims with the issuer as sessions know it. */
export function underOneIssuer(settings: IssuerSettings, claims: Claims): Claims {
  return { ...claims, iss: sessionIssuer(settings, claims.iss) ?? claims.iss };
}

/**
 * Makes a token request at a provider that writes its issuer in several ways, of which openid-client knows one: where the
 * ID token has another that is its own, the same answer is read once more. Nothing is sent twice.
 *
 * @param use makes the request; its second argument tells whether the answer is there already
 */
export async function inAnySpelling<T>(
  settings: IssuerSettings,
  metadata: MetadataLoader,
  config: client.Configuration,
  use: (config: client.Configuration, again: boolean) => Promise<T>,
): Promise<T> {
  if (settings.profile.issuers === 'one') return use(config, false);
  let kept: { readonly text: string; readonly status: number; readonly headers: Headers } | undefined;
  // The last one: a challenge for a nonce (RFC 9449 §8) comes before the answer that counts.
  const keeping: (fetch: client.CustomFetch) => client.CustomFetch = (fetch) => async (url, options) => {
    if (options.method !== 'POST') return fetch(url, options);
    const answer = await fetch(url, options);
    kept = { text: await answer.text(), status: answer.status, headers: answer.headers };
    return new Response(kept.text, kept);
  };
  const repeating: typeof keeping = (fetch) => async (url, options) =>
    options.method === 'POST' && kept ? new Response(kept.text, kept) : fetch(url, options);
  try {
    return await use(await metadata.variant(config, { before: keeping }), false);
  } catch (error) {
    const issuer = otherSpelling(settings, error);
    if (issuer === undefined) throw error;
    return use(await metadata.variant(config, { issuer, before: repeating }), true);
  }
}

/** A callback whose `iss` has been checked. */
export function withoutIssuer(callback: URL): URL {
  const url = new URL(callback);
  url.searchParams.delete('iss');
  return url;
}

/**
 * Another spelling of this provider's own issuer, at which openid-client stopped.
 *
 * @param error thrown by openid-client, which knows one spelling
 */
export function otherSpelling(settings: IssuerSettings, error: unknown): string | undefined {
  if (settings.profile.issuers === 'one' || !(error instanceof client.ClientError)) return undefined;
  const { cause } = error;
  const why = cause instanceof Error ? cause.cause : undefined;
  if (error.code !== 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' || member(why, 'claim') !== 'iss') return undefined;
  const claims = member(why, 'claims');
  const iss = member(claims, 'iss');
  const isOurs = typeof claims === 'object' && claims !== null && isOwnIssuer(settings, { ...claims });
  return isOurs && typeof iss === 'string' ? iss : undefined;
}
