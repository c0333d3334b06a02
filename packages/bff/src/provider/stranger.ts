import type { ProviderSettings } from '../options/provider/provider.ts';
import type { Claims } from '../profiles/profile.ts';
import type { ProviderFailure } from './failure.ts';
import { isOwnIssuer } from './issuers.ts';

/** Of a provider that serves many organizations: whether the person is of one that was named. */
export function strangerFault(
  settings: ProviderSettings,
  claims: Claims,
): (ProviderFailure & { readonly kind: 'invalid_id_token' | 'not_allowed' }) | undefined {
  if (!isOwnIssuer(settings, claims)) {
    return { kind: 'invalid_id_token', detail: 'iss is not of this provider, or of another tenant' };
  }
  const { hostedDomains } = settings;
  const isHosted = typeof claims.hd === 'string' && hostedDomains.includes(claims.hd);
  if (hostedDomains.length === 0 || isHosted) return undefined;
  return { kind: 'not_allowed', detail: 'hd is none of hostedDomains' };
}
