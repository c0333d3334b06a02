import { createSecureContext } from 'node:tls';
import { Type } from 'typebox';

/** What we show of ourselves to a TLS server, PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** An option that holds one. @param whom who sees it */
export function certificatePairSchema(whom: string) {
  return Type.Object(
    {
      cert: Type.String({ description: `PEM of our certificate for ${whom}, with its chain.` }),
      key: Type.String({ description: 'PEM of its private key.' }),
    },
    { additionalProperties: false },
  );
}

/** What is wrong with a pair of the right shape, or null; no part of a key is told. */
export function flawOfPair(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('cert' in value) || !('key' in value)) return null;
  if (typeof value.cert !== 'string' || typeof value.key !== 'string') return null;
  try {
    createSecureContext({ cert: value.cert, key: value.key });
    return null;
  } catch {
    return 'is no certificate with its key.';
  }
}
