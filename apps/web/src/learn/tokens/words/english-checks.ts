/** What the verifier finds, in English. */
export const checks = {
  encrypted: 'It has five parts: it is encrypted (JWE), and only its reader can look inside.',
  /** The detail is what the library says, in English. */
  otherParts: (parts: number, detail: string) =>
    `A JWT is three parts between two dots, and this has ${parts}. ${detail}`,
  unsigned: 'alg is none: nobody signed it. Anybody could have written it.',
  algorithm: (algorithm: string, kind: string) => `alg is ${algorithm}, as expected. ${kind}`,
  otherAlgorithm: (algorithm: string, accepted: string) =>
    `alg is ${algorithm}, but only ${accepted} is accepted here.`,
  sharedSecret: 'One shared secret signs and verifies: whoever can check it can also make one.',
  keyPair: 'A private key signs, a public key verifies: whoever checks it cannot make one.',
  noSignature: 'There is no signature to check.',
  signatureNotLookedAt: 'The signature is not looked at: wrong algorithm.',
  noKey: 'The signature cannot be checked without a key.',
  signature: 'The signature is good: the key’s owner signed exactly this.',
  otherSignature: 'The signature is wrong: something was changed, or another key signed it.',
  badKey: (reason: string) => `The key cannot be used: ${reason}`,
  unknownReason: 'unknown reason',
  keyForm: 'a public key is a JSON object with a member kty (JWK)',
  endless: 'It has no exp: it would be good for ever.',
  expired: (seconds: number) => `It expired ${seconds} seconds ago.`,
  current: (seconds: number) => `It is good for another ${seconds} seconds.`,
  early: (seconds: number) => `It is not good yet, for another ${seconds} seconds.`,
  issuer: 'Issuer (iss)',
  audience: 'Audience (aud)',
  notCompared: (name: string) => `${name}: nothing to hold it against.`,
  same: (name: string, value: string) => `${name} is ${value}.`,
  /** The value as JSON, null where there is none. */
  other: (name: string, value: string | null, expected: string) =>
    `${name} is ${value ?? 'missing'}, not ${expected}.`,
};
