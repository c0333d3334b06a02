import type { HeldToken } from '@coatcheck/protocol';
import { placeholder } from '../observe/masking.ts';
import type { Provider } from '../provider/provider.ts';
import type { Session } from '../session/session.ts';
import { jwtPart } from '../web/jwt-part.ts';

/** The tokens of a session as their owner may see them: what is in them, and whether their signature is good. */
export async function heldTokens(
  session: Session,
  providers: ReadonlyMap<string, Provider>,
): Promise<HeldToken[]> {
  const tokens: HeldToken[] = [];
  for (const [provider, grant] of Object.entries(session.record.grants)) {
    const signatureOf = (token: string) =>
      providers.get(provider)?.signatureOf(token) ?? Promise.resolve('unknown' as const);
    const common = { provider, resource: '', scopes: grant.scopes, receivedAt: null, expiresAt: null };
    for (const [slot, token] of Object.entries(grant.tokens)) {
      tokens.push({
        ...(await decoded(token.value, signatureOf)),
        provider,
        kind: 'access_token',
        resource: slot.split(' ', 1)[0] ?? '',
        scopes: token.scopes,
        receivedAt: iso(token.receivedAt),
        expiresAt: iso(token.expiresAt),
      });
    }
    if (grant.idToken !== null) {
      tokens.push({ ...(await decoded(grant.idToken, signatureOf)), ...common, kind: 'id_token' });
    }
    if (grant.refreshToken !== null) {
      tokens.push({ ...(await decoded(grant.refreshToken, signatureOf)), ...common, kind: 'refresh_token' });
    }
  }
  return tokens;
}

/** Header and payload of a JWT in compact form (RFC 7519 §3); anything else is opaque. */
async function decoded(
  token: string,
  signatureOf: (token: string) => Promise<HeldToken['signature']>,
): Promise<Pick<HeldToken, 'length' | 'format' | 'header' | 'payload' | 'signature'>> {
  const parts = token.split('.');
  const [header, payload] = parts.length === 3 ? parts.slice(0, 2).map(jwtPart) : [];
  if (!header || !payload) {
    return { length: token.length, format: 'opaque', header: null, payload: null, signature: 'none' };
  }
  const signature = await signatureOf(token);
  return { length: token.length, format: 'jwt', header, payload: withoutNonce(payload), signature };
}

/** It tied the token to its sign-in, and is nobody's business in a browser. */
function withoutNonce(payload: Record<string, unknown>): Record<string, unknown> {
  const { nonce } = payload;
  return typeof nonce === 'string' ? { ...payload, nonce: placeholder(nonce) } : payload;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
