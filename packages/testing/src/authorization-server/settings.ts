import type { JWK } from 'jose';

/** A person who can sign in. Further members are claims. */
export interface User {
  sub: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
  picture?: string;
  roles?: string[];
  [claim: string]: unknown;
}

/** The one client of the authorization server. */
export interface Client {
  clientId: string;
  clientSecret: string;
  /** Compared as whole strings. Undefined: any is accepted (for a client whose port is not known yet). */
  redirectUris?: string[];
  /** As `redirectUris`, for RP-initiated logout. */
  postLogoutRedirectUris?: string[];
  /** Public keys: for `private_key_jwt`, request objects, and encryption to the client. */
  jwks?: { keys: JWK[] };
  /** Where the client publishes its keys; asked each time, and wins over `jwks`. */
  jwksUri?: string;
  /** Certificate (PEM) for the `tls_…` methods. */
  certificate?: string;
}

/** How a JWT is encrypted for the client (RFC 7518 §4, §5). */
export interface Encryption {
  /** Key management: `RSA-OAEP-256`, `ECDH-ES+A128KW`, … */
  alg: string;
  /** Content: `A256GCM`, … */
  enc: string;
}

export type ClientAuthenticationMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none';

/** How the server behaves. Every member may be changed at any time and holds from the next request on. */
export interface Settings {
  /** Who signs in where nobody is asked. */
  user: User;
  /** Who may sign in at the form; `login` is the e-mail address or `sub`. Passwords are all `coatcheck`. */
  users: User[];
  /** Show a sign-in form and keep a session cookie, instead of signing `user` in at once. */
  interactive: boolean;
  clientAuthentication: ClientAuthenticationMethod[];
  /** Pushed authorization requests (RFC 9126): not offered, offered, or the only way. */
  par: 'off' | 'offered' | 'required';
  /** Tokens bound to a key (RFC 9449): not known, where the client shows one, or the only way. */
  dpop: 'off' | 'offered' | 'required';
  /** What proofs must carry (RFC 9449 §8). Undefined: nothing. */
  dpopNonce?: string;
  /** Signed request objects (RFC 9101): not taken, taken, or the only way. */
  requestObjects: 'off' | 'offered' | 'required';
  /** Seconds. */
  codeLifetime: number;
  /** Seconds; also what `expires_in` says. */
  accessTokenLifetime: number;
  accessTokenFormat: 'jwt' | 'opaque';
  /** Audience of an access token for which no `resource` was asked. */
  audience: string;
  /** The resources that may be asked for (RFC 8707). Undefined: any. */
  resources?: string[];
  /** Seconds. Undefined: they do not expire. Told as `refresh_expires_in` when set. */
  refreshTokenLifetime?: number;
  refreshTokens: 'rotate' | 'keep' | 'none';
  /** Give refresh tokens only for the scope `offline_access`. */
  offlineAccessOnly: boolean;
  /** Seconds in which a used refresh token still works. After that its use revokes the family. */
  reuseGracePeriod: number;
  /** Seconds. */
  idTokenLifetime: number;
  /** An ID token also in the answer to a refresh (OIDC Core §12.2). */
  idTokenOnRefresh: boolean;
  /** ID tokens are encrypted for the client. Undefined: signed alone. */
  idTokenEncryption?: Encryption;
  /** UserInfo answers with JSON, or a signed JWT (OIDC Core §5.3.2). */
  userinfoFormat: 'json' | 'jwt';
  /** That JWT is encrypted for the client. Undefined: signed alone. */
  userinfoEncryption?: Encryption;
  /** Claims of the scopes `profile` and `email` also in the ID token, not only at UserInfo. */
  profileInIdToken: boolean;
  /** The first one signs unless told otherwise; all are published. */
  signingAlgorithm: SigningAlgorithm;
  /** Scopes that are granted whatever was asked. Undefined: those asked. */
  grantedScopes?: string[];
  idTokenClaims: Record<string, unknown>;
  accessTokenClaims: Record<string, unknown>;
  /** Undefined: a new one at each sign-in. */
  sid?: string;
  /** Undefined: the first of the requested `acr_values`. */
  acr?: string;
  amr?: string[];
  /** Unix time in seconds. Undefined: now. */
  authTime?: number;
  /** Send `iss` with the authorization response and say so in the metadata (RFC 9207). */
  issParameter: boolean;
  /** Cache-Control of the metadata and of the key set. Undefined: none is sent. */
  documentCacheControl?: string;
  /** Seconds that the server's clock is ahead (negative: behind). */
  clockOffset: number;
  client: Client;
}

export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

const alice: User = {
  sub: 'alice-0001',
  name: 'Alice Example',
  email: 'alice@example.test',
  email_verified: true,
  roles: ['user'],
};

const admin: User = {
  sub: 'admin-0002',
  name: 'Admin Example',
  email: 'admin@example.test',
  email_verified: true,
  roles: ['user', 'admin'],
};

/** The password of every user of the sign-in form. */
export const formPassword = 'coatcheck';

/** A correct, current server: rotation with reuse detection, PKCE, `iss`, JWT access tokens. */
export function defaultSettings(client: Client): Settings {
  return {
    user: alice,
    users: [alice, admin],
    interactive: false,
    clientAuthentication: ['client_secret_basic', 'client_secret_post'],
    par: 'off',
    dpop: 'off',
    requestObjects: 'offered',
    codeLifetime: 60,
    accessTokenLifetime: 300,
    accessTokenFormat: 'jwt',
    audience: 'https://api.example.test',
    refreshTokens: 'rotate',
    offlineAccessOnly: false,
    reuseGracePeriod: 0,
    idTokenLifetime: 300,
    idTokenOnRefresh: true,
    userinfoFormat: 'json',
    profileInIdToken: true,
    signingAlgorithm: 'RS256',
    idTokenClaims: {},
    accessTokenClaims: {},
    issParameter: true,
    clockOffset: 0,
    client,
  };
}
