import type { DpopOptions } from './dpop.ts';
import type { IntrospectionOptions } from './introspection.ts';
import type { MtlsOptions } from './mtls.ts';

/** Options of the plugin. Times are seconds. */
export interface ResourceServerOptions {
  /** The authorization server, exactly as in the tokens' `iss`. https, or http on a loopback address. */
  issuer: string;
  /** This API's name or names; one must be in a token's `aud`. */
  audience: string | readonly string[];
  /** Where the issuer's keys are. Default: looked up in the issuer's metadata when the first token comes. */
  jwksUri?: string;
  /** Signature algorithms to accept. Default: every asymmetric one that jose has. */
  algorithms?: readonly string[];
  /** A shared secret of at least 32 random bytes: tokens are then signed with HS256 by this secret and nothing else. */
  secret?: Uint8Array;
  /**
   * Claims that a token must have. Default: those of RFC 9068 §2.2. `iss`, `sub`, `aud` and `exp` are required in any
   * case.
   */
  requiredClaims?: readonly string[];
  /** How far clocks may differ. Default: 5 for `exp`, 30 for `nbf` and `iat`. */
  tolerance?: { exp?: number; nbf?: number; iat?: number };
  /** The claim that lists roles, or the members that lead to it, as in `['realm_access', 'roles']`. Default: `roles`. */
  rolesClaim?: string | readonly string[];
  /** Default: `api`. Stands in challenges (RFC 9110 §11.5). */
  realm?: string;
  /**
   * Tokens bound to a client's key (RFC 9449): `allowed` beside others, or `required`, where tokens that are bound to
   * no key are refused. Default: refused, as without the proof a stolen one would do.
   */
  dpop?: 'allowed' | 'required' | DpopOptions;
  /** The same for tokens bound to a client certificate (RFC 8705 §3). Where both are on, either binding will do. */
  mtls?: 'allowed' | 'required' | MtlsOptions;
  /** Asks the authorization server about tokens that are no JWTs (RFC 7662). Default: they are refused. */
  introspection?: IntrospectionOptions;
  /**
   * Base URL or URLs that clients call this API at, to hold DPoP proofs against. Needed behind a proxy. Default: the
   * address and port where the connection arrived, and `localhost` there.
   */
  publicUrl?: string | readonly string[];
  /** Default: fetch for unknown keys at most every 30 s, keep keys 600 s, wait 5 s for an answer and after a failure. */
  jwks?: { cooldown?: number; maxAge?: number; timeout?: number; backoff?: number };
  /** Insecure: lets whoever sits on the network between here and the issuer hand out keys. */
  allowInsecureHttp?: boolean;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  clock?: () => number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}
