/** The metadata as Facebook has it: without `token_endpoint`, which the documentation names instead. */
export function discoveryDocument(origin: string): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/dialog/oauth/`,
    jwks_uri: `${origin}/.well-known/oauth/openid/jwks/`,
    response_types_supported: ['id_token', 'token id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      'iss',
      'aud',
      'sub',
      'iat',
      'exp',
      'jti',
      'nonce',
      'at_hash',
      'name',
      'given_name',
      'family_name',
      'email',
      'picture',
    ],
  };
}
