import { createHash } from 'node:crypto';

/** A person as another provider names them (RFC 9493 §3.2.4). */
export interface IssuerSubject {
  readonly iss: string;
  readonly sub: string;
}

/** The `sub` here of a person of another provider: the same at every sign-in, and never that of a user of our own. */
export function federatedSubject({ iss, sub }: IssuerSubject): string {
  const name = createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
  return `federated:${name}`;
}
