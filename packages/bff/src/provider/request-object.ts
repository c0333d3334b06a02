import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { signingKey } from './client-keys.ts';

/**
 * What is sent of an authorization request: its parameters, or where the provider or the options want it a signed
 * object with all of them, beside which only `client_id` stands (RFC 9101 §5). The object names issuer and client,
 * lives a minute, has an id of its own, and no `sub`: nobody can use it as a client assertion (§10.8).
 *
 * @throws ProviderFetchError when no key of ours signs with what the provider accepts
 */
export async function signedIfWanted(
  config: client.Configuration,
  { signedRequests, clientKeys }: Pick<ProviderSettings, 'signedRequests' | 'clientKeys'>,
  parameters: URLSearchParams,
): Promise<URLSearchParams> {
  const { require_signed_request_object: isRequired, request_object_signing_alg_values_supported: accepted } =
    config.serverMetadata();
  const isWanted = signedRequests === 'always' || (signedRequests === 'when-required' && isRequired === true);
  if (!isWanted) return parameters;
  const { kid, alg, cryptoKey } = signingKey(clientKeys, accepted);
  const url = await client.buildAuthorizationUrlWithJAR(
    config,
    parameters,
    { key: cryptoKey, kid },
    {
      [client.modifyAssertion](header) {
        // The library knows Ed25519 by its newer name alone.
        header.alg = alg;
      },
    },
  );
  return new URLSearchParams({
    client_id: config.clientMetadata().client_id,
    request: url.searchParams.get('request') ?? '',
  });
}
