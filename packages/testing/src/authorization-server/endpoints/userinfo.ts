import { type Answer, jsonAnswer } from '../../scripting/answer.ts';
import type { Occasion } from '../changes.ts';
import { proofOf, withNonce } from '../dpop.ts';
import { encryptFor } from '../encryption.ts';
import { type JwtDraft, signJwt } from '../jwt.ts';
import { type Provider, signerOf } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { userClaims } from '../tokens.ts';

/** The claims that the access token's scopes open (OIDC Core §5.3). */
export async function userinfoEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
  const token = provider.grants.find(value);
  const jkt = token?.grant.jkt;
  const expected = jkt === undefined ? 'bearer' : 'dpop';
  const isGood = scheme?.toLowerCase() === expected && token?.kind === 'access_token';
  if (!isGood || !provider.grants.isActive(value, provider.now())) {
    return jsonAnswer({ error: 'invalid_token' }, 401, {
      'www-authenticate': 'Bearer error="invalid_token"',
    });
  }
  const proof = jkt === undefined ? undefined : await proofOf(provider, request, value);
  if (proof && (proof.kind !== 'proven' || proof.jkt !== jkt)) {
    return withNonce(
      provider,
      jsonAnswer({ error: 'use_dpop_nonce' }, 401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }),
    );
  }
  const { user, scopes } = token.grant;
  const occasion = { sub: user.sub };
  const claims = await provider.changes.apply('userinfo', userClaims(user, scopes), occasion);
  if (provider.settings.userinfoFormat === 'json') return withNonce(provider, jsonAnswer(claims));
  const body = await signedAnswer(provider, typeof claims === 'object' ? { ...claims } : {}, occasion);
  return withNonce(provider, { status: 200, headers: { 'content-type': 'application/jwt' }, body });
}

/** OIDC Core §5.3.2: signed, then encrypted where that is set. */
async function signedAnswer(
  provider: Provider,
  members: Record<string, unknown>,
  occasion: Occasion,
): Promise<string> {
  const { client, userinfoEncryption } = provider.settings;
  const draft: JwtDraft = {
    header: { typ: 'JWT' },
    claims: { iss: provider.issuer, aud: client.clientId, ...members },
    signature: { by: 'server' },
  };
  const changed = await provider.changes.apply('userinfoToken', draft, occasion);
  const signed = typeof changed === 'string' ? changed : await signJwt(signerOf(provider), draft);
  return userinfoEncryption === undefined ? signed : encryptFor(client, userinfoEncryption, signed);
}
