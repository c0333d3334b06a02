import { createSecureContext } from 'node:tls';
import { Type } from 'typebox';

/** What we show of ourselves to a TLS server, PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** A pair that can be renewed while it is in use. */
export interface RenewableCertificate {
  current(): CertificatePair;
  /** @returns what is wrong with the new pair, and then the old one stays; null where it is in use now */
  renew(pair: CertificatePair): string | null;
}

/** @param first found good by {@link flawOfPair} */
export function renewableCertificate(first: CertificatePair): RenewableCertificate {
  let pair = first;
  return {
    current: () => pair,
    renew(next) {
      const flaw = flawOfPair(next);
      if (flaw === null) pair = next;
      return flaw;
    },
  };
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
