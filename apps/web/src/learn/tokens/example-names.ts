/** The examples of the decoder, in the order that people see them in. */
export const exampleNames = [
  'rs256',
  'es256',
  'eddsa',
  'hs256',
  'expired',
  'audience',
  'none',
  'changed',
  'confused',
] as const;

export type ExampleName = (typeof exampleNames)[number];
