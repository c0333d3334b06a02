import { jwtVerify } from 'jose';
import { verifierOfClient } from '../client-keys.ts';
import { type Provider, supportedSignatures } from '../provider.ts';

/** Members of the JWT itself, which are no parameters (RFC 9101 §4). */
const ofTheToken = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti']);

/**
 * Puts the claims of a signed request object in the place of the parameters beside it (RFC 9101 §6.3).
 *
 * @returns the parameters that count, or why there are none
 */
export async function openRequestObject(
  provider: Provider,
  asked: URLSearchParams,
): Promise<URLSearchParams | { readonly refused: string }> {
  const { client, requestObjects } = provider.settings;
  const object = asked.get('request');
  if (object === null) {
    return requestObjects === 'required' ? { refused: 'the request must be signed' } : asked;
  }
  if (requestObjects === 'off') return { refused: 'request objects are not taken here' };
  try {
    const { payload } = await jwtVerify(object, await verifierOfClient(client), {
      issuer: client.clientId,
      audience: provider.issuer,
      typ: 'oauth-authz-req+jwt',
      algorithms: [...supportedSignatures],
      requiredClaims: ['exp', 'client_id'],
      currentDate: new Date(provider.now() * 1000),
      clockTolerance: 30,
    });
    if (payload.client_id !== asked.get('client_id')) return { refused: 'client_id contradicts the object' };
    if ('request' in payload || 'request_uri' in payload) return { refused: 'an object within an object' };
    return parametersFrom(payload);
  } catch (error) {
    return { refused: `bad request object: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function parametersFrom(claims: Readonly<Record<string, unknown>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(claims)) {
    if (ofTheToken.has(name)) continue;
    const values = name === 'resource' ? [value].flat() : [value];
    for (const one of values)
      params.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
  }
  return params;
}
