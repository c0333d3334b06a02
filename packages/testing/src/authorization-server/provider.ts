import type { Canaries } from './canaries.ts';
import type { Changes } from './changes.ts';
import type { Grants } from './grants.ts';
import type { Signer } from './jwt.ts';
import type { Keys } from './keys.ts';
import type { Settings } from './settings.ts';

/** What the endpoints share. */
export interface Provider {
  issuer: string;
  /** Origin of the endpoints that ask for a certificate (RFC 8705 §5), where there are any. */
  mtlsOrigin: string | undefined;
  settings: Settings;
  keys: Keys;
  changes: Changes;
  canaries: Canaries;
  grants: Grants;
  /** Parameters of pushed authorization requests, by request URI. */
  pushed: Map<string, URLSearchParams>;
  /** Signed-in people of the interactive form, by the value of the session cookie. */
  sessions: Map<string, SignedIn>;
  /** Identifiers of client assertions that were used. */
  assertions: Set<string>;
  /** Unix time in seconds, by the server's clock. */
  now(): number;
}

/** What the server accepts of signatures of the client. */
export const supportedSignatures = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

export interface SignedIn {
  sub: string;
  sid: string;
  authTime: number;
}

/** Paths below the issuer. */
export const paths = {
  jwks: '/jwks',
  authorize: '/authorize',
  signIn: '/sign-in',
  par: '/par',
  token: '/token',
  userinfo: '/userinfo',
  revocation: '/revoke',
  introspection: '/introspect',
  endSession: '/logout',
} as const;

export function signerOf(provider: Provider): Signer {
  return { keys: provider.keys, client: provider.settings.client, alg: provider.settings.signingAlgorithm };
}
