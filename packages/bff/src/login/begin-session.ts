import type { Settings } from '../options/settings.ts';
import { identityOf, strings } from '../provider/identity.ts';
import type { SignIn, TokenSet } from '../provider/provider.ts';
import type { Grant, SessionRecord } from '../session/record.ts';
import { absoluteEnd } from '../session/rules.ts';

/**
 * The record of a new session.
 *
 * @param now milliseconds since the epoch
 * @param asked the scopes that were asked for: an answer that names none has those (RFC 6749 §5.1)
 */
export function recordOf(
  settings: Settings,
  providerId: string,
  signIn: SignIn,
  now: number,
  asked: readonly string[],
): SessionRecord {
  const provider = settings.providers.find((one) => one.id === providerId);
  const { claims, tokens } = signIn;
  return {
    format: 1,
    provider: providerId,
    issuer: signIn.issuer,
    subject: signIn.subject,
    providerSession: typeof claims.sid === 'string' ? claims.sid : null,
    ...(provider ? identityOf(provider, claims) : { user: {}, roles: [] }),
    acr: typeof claims.acr === 'string' ? claims.acr : null,
    amr: strings(claims.amr),
    authTime: typeof claims.auth_time === 'number' ? claims.auth_time : null,
    createdAt: now,
    expiresAt: absoluteEnd(now, settings.session, providerEnd(signIn, provider?.isTokenUsed ?? false)),
    grants: {
      [providerId]: firstGrant(
        tokens,
        asked,
        provider?.resources[0] ?? '',
        provider?.logout.hint === 'id_token_hint' || settings.diagnostics,
      ),
    },
  };
}

function firstGrant(
  tokens: TokenSet,
  asked: readonly string[],
  resource: string,
  keepIdToken: boolean,
): Grant {
  const scopes = [...(tokens.scopes ?? asked)];
  return {
    generation: 1,
    refreshToken: tokens.refreshToken,
    idToken: keepIdToken ? tokens.idToken : null,
    scopes,
    ...(tokens.dpopKey ? { dpopKey: tokens.dpopKey } : {}),
    tokens: {
      [resource]: {
        value: tokens.accessToken,
        type: tokens.tokenType,
        scopes,
        receivedAt: tokens.receivedAt,
        expiresAt: tokens.expiresAt,
      },
    },
  };
}

/**
 * The earliest end that the provider named: the `session_expiry` claim's, and where a route uses its tokens, that of
 * the refresh token, or without one of the access token.
 */
function providerEnd({ claims, tokens }: SignIn, isTokenUsed: boolean): number | null {
  const claimed = claims.session_expiry;
  const ends = [
    typeof claimed === 'number' ? claimed * 1_000 : null,
    ...(isTokenUsed ? [tokens.refreshToken === null ? tokens.expiresAt : tokens.refreshExpiresAt] : []),
  ];
  const known = ends.filter((end) => end !== null);
  return known.length === 0 ? null : Math.min(...known);
}
