import type { ProviderSettings } from '../options/provider/provider.ts';
import type { DpopKey } from '../session/dpop-key.ts';
import type { Outcome } from './failure.ts';
import type { LogoutTokenResult } from './logout-token.ts';

/** What a login asks the provider for. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** What the tokens will be bound to, where the provider does that (RFC 9449 §10). */
  readonly dpopKey: DpopKey | null;
  /** Allow-listed parameters from the browser: prompt, login_hint, ui_locales, acr_values, max_age. */
  readonly extra: Readonly<Record<string, string>>;
}

/** What the callback must prove. */
export interface ExchangeChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The one of the request. */
  readonly dpopKey: DpopKey | null;
  /** Seconds. */
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
}

/** An answer of the token endpoint. Times are milliseconds since the epoch. */
export interface TokenSet {
  readonly accessToken: string;
  readonly tokenType: string;
  /** What the tokens are bound to; missing for bearer tokens. */
  readonly dpopKey?: DpopKey;
  readonly receivedAt: number;
  readonly expiresAt: number;
  /** Null where the answer names none, which means: as asked (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | null;
  readonly refreshToken: string | null;
  /** When the refresh token ends, where the provider says so. */
  readonly refreshExpiresAt: number | null;
  readonly idToken: string | null;
  readonly claims: Readonly<Record<string, unknown>> | null;
}

/** A person signed in. */
export interface SignIn {
  readonly issuer: string;
  readonly subject: string;
  readonly tokens: TokenSet;
  /** Claims of the ID token, and where asked for of userinfo. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a token is asked for. */
export interface TokenTarget {
  /** RFC 8707; the empty string for a token without one. */
  readonly resource: string;
  /** With a space between; the empty string for all that were granted. */
  readonly scope: string;
}

/** Whom another provider signed in, as far as it is told on. */
export interface AssertedPerson {
  /** Stable name of that provider. */
  readonly issuer: string;
  readonly subject: string;
  /** When the person signed in there. Seconds since the epoch. */
  readonly authTime: number;
  readonly name: string | null;
  /** Null where it is not verified. */
  readonly email: string | null;
}

/** What a grant holds that can be taken back. */
export interface RevocableTokens {
  readonly refreshToken: string | null;
  readonly accessToken: string | null;
}

/** An authorization server as a client sees it. Expected failures are values; it never rejects for them. */
export interface Provider {
  readonly settings: ProviderSettings;
  /** Where to send the browser; pushes the request first where PAR is offered. */
  authorizationUrl(request: AuthorizationRequest): Promise<Outcome<URL>>;
  /** @param callback the callback as it was reached, with its query */
  exchange(callback: URL, checks: ExchangeChecks): Promise<Outcome<SignIn>>;
  /** RFC 6749 §6. @param dpopKey of the grant */
  refresh(refreshToken: string, target: TokenTarget, dpopKey?: DpopKey): Promise<Outcome<TokenSet>>;
  /** RFC 8693, for an access token of this very provider. @param dpopKey of the grant */
  exchangeToken(subjectToken: string, target: TokenTarget, dpopKey?: DpopKey): Promise<Outcome<TokenSet>>;
  /** RFC 7523 §2.1: for a person that another provider signed in, by an assertion of our own. */
  tokenForPerson(person: AssertedPerson, target: TokenTarget): Promise<Outcome<TokenSet>>;
  /** Takes back what was granted: the refresh token, and with it its access tokens (RFC 7009 §2.1), or in its own way. */
  revoke(tokens: RevocableTokens): Promise<Outcome<void>>;
  /** Where the browser ends the provider's session; null if the provider offers none. */
  endSessionUrl(parameters: Readonly<Record<string, string>>): Promise<Outcome<URL | null>>;
  /** Checks a back-channel logout token of this provider. */
  readLogoutToken(token: string): Promise<LogoutTokenResult>;
  /** Whether a JWT of this provider has a good signature, whatever it is for. */
  signatureOf(token: string): Promise<'valid' | 'invalid' | 'unknown'>;
  /** Origin of the end-session endpoint if it is known by now, for the `form-action` of our pages. */
  knownEndSessionOrigin(): string | null;
  /** Loads the metadata ahead of its first use. */
  prepare(): Promise<void>;
  /** Whether the metadata could be loaded. */
  isReady(): boolean;
}
