import type { ProviderWanted, RouteWanted } from '@coatcheck/conformance/adapter';
import type { Certificate } from '@coatcheck/testing';
import type { Person } from '../person/person.ts';

/** What a server does, as it is set up here: which journeys there are to make. */
export interface Offers {
  /** `keeps`: the same refresh token is used again and again. */
  readonly refresh: 'rotates' | 'keeps' | 'none';
  readonly accessToken: 'jwt' | 'opaque';
  readonly idTokenAlg: string;
  /** The authorization request is pushed (RFC 9126). */
  readonly par: boolean;
  /** `iss` in the authorization response (RFC 9207). */
  readonly iss: boolean;
  /** RFC 7009. */
  readonly revocation: boolean;
  /** A dead refresh token gets `invalid_grant` (RFC 6749 §5.2), as it must. */
  readonly saysInvalidGrant: boolean;
  /** Access tokens are bound to a key of the client's (RFC 9449). */
  readonly dpop: boolean;
  /** Access tokens are bound to the client's certificate (RFC 8705). */
  readonly certificate?: Certificate;
  /** The person is sent there at sign-out, and back. */
  readonly rpInitiatedLogout: boolean;
  /** A sign-out at the server is told to the BFF: of one session, or `by-subject` of all that the person has. */
  readonly backchannelLogout: boolean | 'by-subject';
  /** The server's sign-out page has the BFF's front-channel logout in a frame. */
  readonly frontchannelLogout: boolean;
  /** New signing keys can be had while it runs. */
  readonly keyRotation: boolean;
}

/** A server, or one set-up of it. */
export interface ServerKind {
  readonly name: string;
  readonly offers: Offers;
  /**
   * Seconds that an access token lives. Up to 5 they are waited for, as servers need that compare the client's clock
   * with their own; else the BFF's clock is moved on.
   */
  readonly accessTokenLife: number;
  /** @param origin where the server is reached */
  issuer(origin: string): string;
  /** What the BFF's options for this provider have beside issuer, id and secret. */
  readonly provider: Pick<ProviderWanted, 'scopes' | 'config'>;
  /** It is reached by https, where the client shows its certificate. */
  readonly tls?: boolean;
  /** The BFF's own options beside providers and routes. */
  readonly bff?: Readonly<Record<string, unknown>>;
  /** The BFF's own options for the route to the API. */
  readonly route?: RouteWanted['config'];
  /** Starts it, with one client and one person. */
  start(place: Place): Promise<RealServer>;
}

/** What a server is started with. */
export interface Place {
  /** Where people and the BFF reach it. */
  readonly origin: string;
  readonly client: ClientWanted;
}

/** The BFF, as a client of the server. */
export interface ClientWanted {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly backchannelLogoutUri: string;
  readonly frontchannelLogoutUri: string;
  readonly jwksUri: string;
}

export interface RealServer {
  readonly version: string;
  /** On 127.0.0.1, behind the front. */
  readonly port: number;
  /** Somebody in a browser of their own. */
  person(): Person;
  /** Whether the server stands by an access token. */
  isLive(accessToken: string): Promise<boolean>;
  /** What an access token is bound to: `cnf` of its introspection (RFC 8705 §3.2). */
  bindingOf?(accessToken: string): Promise<unknown>;
  /** Withdraws a grant (RFC 7009). */
  revoke?(refreshToken: string): Promise<void>;
  /** Signs with a new key from now on. */
  rotateKeys?(): Promise<void>;
  /** Everything it has written. */
  log?(): string;
  close(): Promise<void>;
}

/** What signs in at every server. */
export const credentials = { login: 'alice@example.test', password: 'coatcheck' } as const;
