import { type Answer, jsonAnswer } from '../../scripting/answer.ts';
import { refuseUnknownClient } from '../client-authentication.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';

/** RFC 7009 §2: a refresh token takes its whole family with it; an unknown token is no error. */
export async function revocationEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const refusal = await refuseUnknownClient(provider, request);
  if (refusal) return refusal;
  const value = request.form.get('token');
  if (value === null) return jsonAnswer({ error: 'invalid_request' }, 400);
  const token = provider.grants.find(value);
  if (token?.kind === 'refresh_token') token.grant.revoked = true;
  if (token) token.revoked = true;
  return { status: 200, headers: { 'cache-control': 'no-store' } };
}

/** RFC 7662 §2. */
export async function introspectionEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const refusal = await refuseUnknownClient(provider, request);
  if (refusal) return refusal;
  const value = request.form.get('token') ?? '';
  const token = provider.grants.find(value);
  const isActive = provider.grants.isActive(value, provider.now());
  const members: Record<string, unknown> =
    token && isActive
      ? {
          active: true,
          iss: provider.issuer,
          sub: token.grant.user.sub,
          client_id: provider.settings.client.clientId,
          scope: token.grant.scopes.join(' '),
          aud: token.grant.resources[0] ?? provider.settings.audience,
          iat: token.issuedAt,
          ...(Number.isFinite(token.expiresAt) ? { exp: token.expiresAt } : {}),
        }
      : { active: false };
  return jsonAnswer(await provider.changes.apply('introspection', members));
}
