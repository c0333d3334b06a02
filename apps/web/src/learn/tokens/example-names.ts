/** The examples of the decoder by what people read. */
export const exampleNames = {
  rs256: 'RS256, good',
  es256: 'ES256, good',
  eddsa: 'EdDSA, good',
  hs256: 'HS256, good',
  expired: 'Expired',
  audience: 'Wrong audience',
  none: 'alg: none',
  changed: 'Changed on the way',
  confused: 'HS256 where RS256 is due',
} as const;

export type ExampleName = keyof typeof exampleNames;

export const exampleOrder: readonly ExampleName[] = [
  'rs256',
  'es256',
  'eddsa',
  'hs256',
  'expired',
  'audience',
  'none',
  'changed',
  'confused',
];
