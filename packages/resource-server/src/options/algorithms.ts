/** Algorithms whose signing keys a resource server never holds; jose names, `EdDSA` being the older name of `Ed25519`. */
export const asymmetricAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
] as const;
