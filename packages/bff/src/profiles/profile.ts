/** What is known of a person, by the names of OpenID Connect Core §5.1. */
export type Claims = Readonly<Record<string, unknown>>;

/** Where a provider's servers are. No slash at the end. */
export interface Places {
  /** Where browsers go. */
  readonly web: string;
  /** Where its API is. */
  readonly api: string;
  /** Of the API, where that is part of its URLs; else empty. */
  readonly version: string;
}

/** Absolute URLs. */
export interface Endpoints {
  readonly authorization?: string;
  readonly token?: string;
  readonly userInfo?: string;
  readonly revocation?: string;
  readonly endSession?: string;
  readonly jwks?: string;
}

/** A call to a provider's API that says who signed in. */
export interface PersonCall {
  /** Under which the answer is found. */
  readonly name: string;
  readonly url: string;
  /** Made only if one of these scopes was granted; empty: always. */
  readonly scopes: readonly string[];
  /** The sign-in goes on without an answer: the person did not allow it. */
  readonly optional: boolean;
}

/** A token that lives longer, in exchange for the one that came with the code. */
export interface LongLivedToken {
  readonly grantType: string;
  /** Of the token request: the short-lived token. */
  readonly parameter: string;
}

/** How a grant is revoked where there is no RFC 7009. */
export interface RevocationCall {
  readonly method: 'DELETE';
  readonly url: string;
  /** `client`: the client's credentials, with the token in a JSON body. `token`: the token itself. */
  readonly by: 'client' | 'token';
}

/**
 * The facts of one provider: data and pure functions. Whatever is the same for every provider is not here.
 */
export interface Profile {
  /** What a sign-in page calls it; null: the operator's word for it. */
  readonly label: string | null;
  /** `openid`: it gives ID tokens and has a discovery document. `oauth2`: neither. */
  readonly protocol: 'openid' | 'oauth2';
  /** Of an `oauth2` profile: asked for the scope `openid`, it gives ID tokens all the same. */
  readonly mayBeOpenId: boolean;
  /** Its issuer; where it has none, a stable name for it. Null where the operator has to say. */
  readonly issuer: string | null;
  /** Null where the operator names each endpoint, or a discovery document does. */
  readonly places: Places | null;
  /** What a discovery document does not say, or all of them. */
  readonly endpoints: (places: Places) => Endpoints;
  /**
   * How ID tokens name it. `without-scheme`: without `https://` too. `per-tenant`: with the id of the person's tenant in
   * the place of `{tenantid}`.
   */
  readonly issuers: 'one' | 'without-scheme' | 'per-tenant';
  /** Parameter of the authorization request that names an organization, whose people shall sign in. */
  readonly organizationParameter: 'hd' | 'domain_hint' | 'organization' | null;
  /** Whether it says in `hd` which organization's domain a person belongs to. */
  readonly hasHostedDomains: boolean;

  /** Whether it appends a fragment to the address of the callback, for the page after it to inherit. */
  readonly appendsFragment: boolean;
  readonly scopes: readonly string[];
  /** Scopes that it refuses, and what to do instead. */
  readonly refusedScopes: Readonly<Record<string, string>>;
  /** Fixed parameters of the authorization request. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  /** Whether the client secret is a short JWT that the client signs itself. */
  readonly signsClientSecret: boolean;
  readonly responseMode: 'query' | 'form_post';
  /** Claims that come with the authorization response, in a parameter `user`. Nobody signed them. */
  readonly answerClaims: ((user: string) => Claims) | null;
  readonly logout: {
    readonly atProvider: boolean;
    readonly hint: 'none' | 'logout_hint' | 'id_token_hint';
    /** What `logout_hint` has to be. */
    readonly hintIs: 'name' | 'session';
    /** Off where it would sign the person out on every device. */
    readonly revoke: boolean;
  };

  /** Life of an access token whose answer names none. Milliseconds. */
  readonly tokenLifetime: number;
  /** Error codes of the token endpoint that are its own, and what RFC 6749 §5.2 calls them. */
  readonly errors: Readonly<Record<string, string>>;
  /** Reads an error that is no text, as RFC 6749 has it; undefined where it is none. */
  readonly errorOf: (error: unknown) => string | undefined;

  /** Who signed in, asked at its API; empty where the ID token says it. */
  readonly personCalls: (places: Places, endpoints: Endpoints) => readonly PersonCall[];
  /** From the answers of those calls, or from the claims of the ID token (under `claims`). */
  readonly person: (answers: Readonly<Record<string, unknown>>) => Claims;
  /** Asked whose the token is (RFC 9700 §4.6): its client and its person must be ours. Null: nothing to ask. */
  readonly tokenCheck: ((places: Places) => string) | null;
  readonly longLivedToken: LongLivedToken | null;
  /** Query parameter that carries HMAC-SHA256(client secret, access token) on calls to its API. */
  readonly proofParameter: string | null;
  /** Null: RFC 7009, where it has an endpoint for that. */
  readonly revocation: ((places: Places, clientId: string) => RevocationCall) | null;
  /** Whether an answer of its API says that the access token is no good, in its own way. */
  readonly refusesToken: ((status: number, body: unknown) => boolean) | null;
}

/** A member of an answer that should be an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** Those that are known. */
export function knownClaims(claims: Claims): Claims {
  return Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
