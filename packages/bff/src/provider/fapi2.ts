import { fapi2Algorithms } from '../options/provider/security.ts';

type Members = Readonly<Record<string, unknown>>;

interface Client {
  readonly clientAuthentication: string;
  readonly dpop: 'never' | 'when-offered' | 'required';
}

/** What the provider signs for us. */
const signedByProvider = [
  'id_token_signing_alg_values_supported',
  'userinfo_signing_alg_values_supported',
  'authorization_signing_alg_values_supported',
];

/**
 * What of a provider's metadata falls short of the FAPI 2.0 Security Profile (§5.3.2), as far as a client of it is
 * concerned.
 *
 * @returns null, or the first of it in words for the log
 */
export function fapi2Fault(members: Members, client: Client): string | null {
  const offers = (name: string, value: string) => valuesOf(members, name).includes(value);
  if (members.pushed_authorization_request_endpoint === undefined) {
    return 'it takes no pushed authorization requests (pushed_authorization_request_endpoint)';
  }
  if (!offers('code_challenge_methods_supported', 'S256')) {
    return 'it does not say that it knows PKCE by S256 (code_challenge_methods_supported)';
  }
  if (members.authorization_response_iss_parameter_supported !== true) {
    return 'its answers do not name the issuer (authorization_response_iss_parameter_supported)';
  }
  if (!offers('token_endpoint_auth_methods_supported', client.clientAuthentication)) {
    return `it does not offer ${client.clientAuthentication} (token_endpoint_auth_methods_supported)`;
  }
  if (client.dpop === 'required') {
    if (!offers('dpop_signing_alg_values_supported', 'ES256')) {
      return 'it does not bind tokens to keys by DPoP with ES256 (dpop_signing_alg_values_supported)';
    }
  } else if (members.tls_client_certificate_bound_access_tokens !== true) {
    return 'it does not bind tokens to certificates (tls_client_certificate_bound_access_tokens)';
  }
  if (allowed(members, 'id_token_signing_alg_values_supported').length === 0) {
    return 'it signs ID tokens neither by PS256, ES256 nor EdDSA (id_token_signing_alg_values_supported)';
  }
  return null;
}

/** The metadata without the algorithms that the profile does not allow: what they sign is refused. */
export function underFapi2(members: Members): Members {
  const narrowed = signedByProvider
    .filter((name) => members[name] !== undefined)
    .map((name) => [name, allowed(members, name)]);
  return { ...members, ...Object.fromEntries(narrowed) };
}

function allowed(members: Members, name: string): string[] {
  return valuesOf(members, name).filter((algorithm) => fapi2Algorithms.has(algorithm));
}

function valuesOf(members: Members, name: string): string[] {
  const value = members[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
