/** Why nobody is signed in. */
export const signedOutReasons = [
  'none',
  'expired',
  'idle',
  'signed-out',
  'revoked',
  'provider-logout',
  'refused',
  'replaced',
] as const;

/** Why nobody is signed in; `none`: nobody was. */
export type SignedOutReason = (typeof signedOutReasons)[number];

/** Allow-listed claims about the person. Never a token. */
export interface SessionUser {
  sub: string;
  name?: string;
  email?: string;
  picture?: string;
  [claim: string]: unknown;
}

/** `GET /bff/session` when somebody is signed in. Times are ISO 8601; the `…In` fields are seconds left. */
export interface SignedInView {
  authenticated: true;
  user: SessionUser;
  /** Id of the provider that signed the person in. */
  provider: string;
  /** Ids of all providers whose grants the session holds. */
  connections: string[];
  /**
   * What calls to the app's APIs may. After a sign-in at another provider, where the home authorization server gives the
   * tokens (`homeAssertion`), those of its tokens: known from the first call on, which `claims-changed` tells.
   */
  scopes: string[];
  roles: string[];
  acr: string | null;
  amr: string[];
  createdAt: string;
  expiresAt: string;
  expiresIn: number;
  idleExpiresAt: string;
  idleExpiresIn: number;
  /** Null where the provider gave no access token with a known life. */
  accessTokenExpiresAt: string | null;
  accessTokenExpiresIn: number | null;
}

/** `GET /bff/session` when nobody is signed in. */
export interface SignedOutView {
  authenticated: false;
  reason: SignedOutReason;
}

/** The answer of `GET /bff/session`, always with status 200. */
export type SessionView = SignedInView | SignedOutView;

/** One entry of `GET /bff/providers`. */
export interface ProviderView {
  id: string;
  label: string;
  /** The one that signs people in where none is named. */
  default: boolean;
  loginUrl: string;
}

/** One entry of `GET /bff/sessions`. Times are ISO 8601. */
export interface DeviceSessionView {
  /** A name for this session that opens nothing. */
  id: string;
  /** `Chrome on Linux` */
  device: string;
  createdAt: string;
  lastSeenAt: string;
  /** The session that asks. */
  current: boolean;
}

/** The answer of `POST /bff/connections/:provider`: where the browser must go to connect an account. */
export interface ConnectionView {
  redirectTo: string;
}

/** The answer of `POST /bff/logout`: where the browser must go to end the provider's session, if anywhere. */
export interface LogoutView {
  redirectTo: string | null;
}
