import { randomBytes } from 'node:crypto';

export type CanaryKind =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'logout_token'
  | 'code'
  | 'state'
  | 'code_verifier'
  | 'client_secret'
  | 'client_assertion';

/** A credential that was issued or seen, to be searched for wherever it must not be. */
export interface Canary {
  kind: CanaryKind;
  value: string;
  /** `canary-<kind>-<random>`: inside the value, or for a JWT inside its claims. Absent on what clients made. */
  marker?: string;
}

/** All credentials of one run. */
export interface Canaries {
  /** A new marker, which is also a good opaque token: 192 random bits. */
  marker(kind: CanaryKind): string;
  add(canary: Canary): void;
  all(): Canary[];
}

/** Starts an empty register. */
export function createCanaries(): Canaries {
  const byValue = new Map<string, Canary>();
  return {
    marker: (kind) => `canary-${kind}-${randomBytes(24).toString('base64url')}`,
    add: (canary) => {
      if (canary.value !== '' && !byValue.has(canary.value)) byValue.set(canary.value, canary);
    },
    all: () => [...byValue.values()],
  };
}
