import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import type { ClientMetadata } from 'oidc-provider';

/** The client's `jwks_uri` cannot be read now. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The keys that a client signs with: `jwks` of its registration, or what its `jwks_uri` says, read at the first use
 * and again for an unknown key, at most every 5 s. Undefined where it has registered neither.
 *
 * The function throws KeysUnavailable, or an error of jose where no key fits.
 */
export function clientKeys(client: ClientMetadata, fetchKeys: typeof fetch): JWTVerifyGetKey | undefined {
  if (client.jwks !== undefined) {
    // As it would stand in a document: jose checks it, and takes no members that are undefined.
    const jwks: JSONWebKeySet = JSON.parse(JSON.stringify(client.jwks));
    return createLocalJWKSet(jwks);
  }
  if (client.jwks_uri === undefined) return undefined;
  const remote = createRemoteJWKSet(new URL(client.jwks_uri), {
    [customFetch]: fetchKeys,
    cooldownDuration: 5_000,
    timeoutDuration: 5_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (cause) {
      const answered =
        cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys;
      throw answered ? cause : new KeysUnavailable('the jwks_uri cannot be read', { cause });
    }
  };
}
