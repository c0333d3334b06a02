import { type Answer, jsonAnswer } from '../../scripting/answer.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { userClaims } from '../tokens.ts';

/** The claims that the access token's scopes open (OIDC Core §5.3). */
export async function userinfoEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
  const token = provider.grants.find(value);
  const isGood = scheme?.toLowerCase() === 'bearer' && token?.kind === 'access_token';
  if (!isGood || !provider.grants.isActive(value, provider.now())) {
    return jsonAnswer({ error: 'invalid_token' }, 401, {
      'www-authenticate': 'Bearer error="invalid_token"',
    });
  }
  const { user, scopes } = token.grant;
  return jsonAnswer(await provider.changes.apply('userinfo', userClaims(user, scopes), { sub: user.sub }));
}
