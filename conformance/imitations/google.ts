import { type AuthorizationServer, authorizationError } from '@coatcheck/testing';
import type { ProviderWanted } from '../adapters/adapter.ts';

/** How Google behaves at the moment; change a member at any time. */
export interface Google {
  /** Whether ID tokens name the issuer without its scheme, as they once did. */
  withoutScheme: boolean;
  /** The domain of the person's organization. */
  hd: string | undefined;
  /** Whether the person has consented before: then no refresh token comes, unless consent is asked for again. */
  hasConsented: boolean;
}

/** Makes the scriptable server answer as Google does (Google, "Using OAuth 2.0 for Web Server Applications"). */
export function imitateGoogle(as: AuthorizationServer): Google {
  const google: Google = { withoutScheme: false, hd: undefined, hasConsented: false };
  Object.assign(as.settings, {
    refreshTokens: 'keep',
    accessTokenFormat: 'opaque',
    accessTokenLifetime: 3_599,
  });
  as.change('metadata', 'always', (metadata) => {
    delete metadata.end_session_endpoint;
  });
  as.change('authorizationResponse', 'always', (answer) => {
    const asked = as.requestsOf('authorize').at(-1)?.authorization;
    if (asked?.get('scope')?.split(' ').includes('offline_access')) {
      return authorizationError('invalid_scope')(answer, {});
    }
    // What Google adds (OpenID Connect guide).
    for (const [name, value] of [
      ['scope', 'openid email'],
      ['authuser', '0'],
      ['prompt', 'none'],
    ]) {
      answer.set(name ?? '', value ?? '');
    }
    return undefined;
  });
  as.change('idToken', 'always', ({ claims }) => {
    if (google.withoutScheme) claims.iss = as.issuer.replace(/^https?:\/\//, '');
    if (google.hd !== undefined) claims.hd = google.hd;
  });
  as.change('tokenResponse', 'always', (members, { grantType }) => {
    if (grantType === 'refresh_token') return;
    const asked = as.requestsOf('authorize').at(-1)?.authorization;
    const isOffline = asked?.get('access_type') === 'offline';
    const consents = !google.hasConsented || asked?.get('prompt')?.includes('consent');
    if (!isOffline || !consents) delete members.refresh_token;
    google.hasConsented = true;
  });
  return google;
}

/** A provider that the BFF takes for Google. */
export function googleAt(config: Record<string, unknown> = {}): Partial<ProviderWanted> {
  return { id: 'google', config: { profile: 'google', ...config } };
}
