import type { SessionUser } from '@coatcheck/protocol';

/**
 * The claims that your provider sends and your BFF lets through, added once for the whole app:
 *
 * @example
 * declare module '@coatcheck/client' {
 *   interface UserClaims { team?: string }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface UserClaims {}

/** Who is signed in. Never a token. */
export type User = SessionUser & UserClaims;
