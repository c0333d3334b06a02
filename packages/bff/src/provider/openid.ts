import * as client from 'openid-client';
import type { ProviderSettings } from '../options/settings.ts';
import { failureOf, type Outcome } from './failure.ts';
import { providerFetch } from './fetch.ts';
import { idTokenFault, jwtHeader } from './id-token.ts';
import { providerKeys, signatureFault } from './keys.ts';
import { readLogoutToken } from './logout-token.ts';
import { createMetadataLoader } from './metadata.ts';
import type { ExchangeChecks, Provider, SignIn, TokenSet, TokenTarget } from './provider.ts';

/** The keys and algorithms of a provider's signatures. */
interface Signing {
  readonly keys: ReturnType<typeof providerKeys>;
  readonly algorithms: readonly string[];
}

/** What a provider needs of its surroundings. */
export interface ProviderParts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
}

/** An OpenID Provider, through openid-client. Its metadata is loaded at first use, and again after a failure. */
export function createOpenIdProvider(settings: ProviderSettings, parts: ProviderParts): Provider {
  const { now } = parts;
  const fetch = providerFetch(settings.insecureAllowHttpIssuer, parts.fetch, settings.requestTimeout);
  const metadata = createMetadataLoader(settings, now, fetch);
  let keys: ReturnType<typeof providerKeys> | undefined;

  async function withConfiguration<T>(
    use: (config: client.Configuration) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const loaded = await metadata.load();
    if (!loaded.ok) return loaded;
    try {
      return await use(loaded.value);
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  }

  async function signInFrom(
    config: client.Configuration,
    response: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
    checks: ExchangeChecks,
  ): Promise<Outcome<SignIn>> {
    const tokens = tokenSet(response, settings, now());
    const { claims, idToken } = tokens;
    if (!claims || !idToken)
      return { ok: false, failure: { kind: 'invalid_response', detail: 'no ID token' } };
    const fault = idTokenFault(jwtHeader(idToken), claims, {
      clientId: settings.clientId,
      maxAge: checks.maxAge,
      acrValues: checks.acrValues,
      now: now(),
    });
    if (fault) {
      const kind = fault.kind === 'step_up' ? 'oauth_error' : 'invalid_id_token';
      return { ok: false, failure: { kind, error: 'step_up_failed', detail: fault.detail } };
    }
    const subject = String(claims.sub);
    const more = settings.userInfo ? await client.fetchUserInfo(config, tokens.accessToken, subject) : {};
    return {
      ok: true,
      value: { issuer: String(claims.iss), subject, tokens, claims: { ...more, ...claims } },
    };
  }

  /** How this provider signs. */
  function signingOf(config: client.Configuration): Signing | undefined {
    const { jwks_uri: jwksUri, id_token_signing_alg_values_supported: offered } = config.serverMetadata();
    if (jwksUri === undefined) return undefined;
    keys ??= providerKeys(jwksUri, (url, signal) => fetch(url, fetchOptions(signal)));
    const pinned = settings.idTokenSigningAlg;
    const algorithms = pinned === null ? (offered ?? ['RS256']) : [pinned];
    return { keys, algorithms: algorithms.filter((alg) => !/^(none|HS)/i.test(alg)) };
  }

  /** The signature of an ID token that came with a refresh; where nobody can check it, the token says nothing. */
  async function refreshed(config: client.Configuration, tokens: TokenSet): Promise<Outcome<TokenSet>> {
    if (tokens.idToken === null) return { ok: true, value: tokens };
    const signing = signingOf(config);
    const fault = signing && (await signatureFault(tokens.idToken, signing.keys, signing.algorithms));
    if (fault === null) return { ok: true, value: tokens };
    if (fault?.kind === 'invalid') {
      return { ok: false, failure: { kind: 'invalid_id_token', detail: fault.detail } };
    }
    return { ok: true, value: { ...tokens, idToken: null, claims: null } };
  }

  return {
    settings,
    authorizationUrl: (request) =>
      withConfiguration(async (config) => {
        const parameters = new URLSearchParams({
          ...request.extra,
          ...settings.authorizationParameters,
          response_type: 'code',
          redirect_uri: request.redirectUri,
          scope: settings.scopes.join(' '),
          state: request.state,
          nonce: request.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(request.codeVerifier),
          code_challenge_method: 'S256',
        });
        for (const resource of settings.resources) parameters.append('resource', resource);
        const offered = config.serverMetadata().pushed_authorization_request_endpoint !== undefined;
        const required = settings.pushedAuthorizationRequests === 'required';
        if (required && !offered) {
          return {
            ok: false,
            failure: {
              kind: 'misconfigured',
              detail: 'PAR is required, but the provider has no endpoint for it',
            },
          };
        }
        const push = required || (offered && settings.pushedAuthorizationRequests === 'when-offered');
        const url = push
          ? await client.buildAuthorizationUrlWithPAR(config, parameters)
          : client.buildAuthorizationUrl(config, parameters);
        return { ok: true, value: url };
      }),
    exchange: (callback, checks) =>
      withConfiguration(async (config) => {
        // The first resource's token comes with the code; the others are fetched by refresh when a route needs them.
        const [resource] = settings.resources;
        const response = await client.authorizationCodeGrant(
          config,
          callback,
          {
            expectedState: checks.state,
            expectedNonce: checks.nonce,
            pkceCodeVerifier: checks.codeVerifier,
            idTokenExpected: true,
          },
          resource === undefined ? {} : { resource },
        );
        return signInFrom(config, response, checks);
      }),
    refresh: (refreshToken, target) =>
      withConfiguration(async (config) => {
        const response = await client.refreshTokenGrant(
          metadata.unchecked(config),
          refreshToken,
          parametersFor(target),
        );
        return refreshed(config, tokenSet(response, settings, now()));
      }),
    exchangeToken: (subjectToken, target) =>
      withConfiguration(async (config) => {
        const response = await client.genericGrantRequest(config, tokenExchange, {
          subject_token: subjectToken,
          subject_token_type: accessTokenType,
          requested_token_type: accessTokenType,
          ...parametersFor(target),
        });
        // RFC 8693 §2.2.1: a token of another kind is nothing to call an API with.
        const isAccessToken = response.issued_token_type === accessTokenType && response.token_type !== 'n_a';
        return isAccessToken
          ? { ok: true, value: { ...tokenSet(response, settings, now()), refreshToken: null } }
          : { ok: false, failure: { kind: 'invalid_response', detail: 'an exchange gave no access token' } };
      }),
    revoke: (refreshToken) =>
      withConfiguration(async (config) => {
        if (config.serverMetadata().revocation_endpoint !== undefined) {
          await client.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
        }
        return { ok: true, value: undefined };
      }),
    endSessionUrl: (parameters) =>
      withConfiguration(async (config) => ({
        ok: true,
        value:
          config.serverMetadata().end_session_endpoint === undefined
            ? null
            : client.buildEndSessionUrl(config, { ...parameters }),
      })),
    async readLogoutToken(token) {
      const loaded = await metadata.load();
      if (!loaded.ok) return { kind: 'unavailable', detail: loaded.failure.detail };
      const signing = signingOf(loaded.value);
      if (!signing) return { kind: 'unavailable', detail: 'the metadata names no keys' };
      const { issuer } = loaded.value.serverMetadata();
      return readLogoutToken(token, { issuer, clientId: settings.clientId, ...signing, now: now() });
    },
    knownEndSessionOrigin() {
      const endpoint = metadata.loaded()?.serverMetadata().end_session_endpoint;
      return endpoint === undefined ? null : new URL(endpoint).origin;
    },
    async prepare() {
      await metadata.load();
    },
    isReady: () => metadata.loaded() !== undefined,
  };
}

/** RFC 8693 §2.1, §3. */
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

function parametersFor({ resource, scope }: TokenTarget): Record<string, string> {
  return { ...(resource === '' ? {} : { resource }), ...(scope === '' ? {} : { scope }) };
}

/** A plain GET, as openid-client's kind of fetch wants it. */
function fetchOptions(signal: AbortSignal): client.CustomFetchOptions {
  return { method: 'GET', redirect: 'manual', body: null, headers: { accept: 'application/json' }, signal };
}

function tokenSet(
  response: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
  settings: ProviderSettings,
  now: number,
): TokenSet {
  const lifetime =
    response.expires_in === undefined
      ? settings.defaultTokenLifetime
      : Math.max(0, response.expires_in * 1_000);
  const refreshLifetime = Number(
    response.refresh_expires_in ?? response.refresh_token_expires_in ?? Number.NaN,
  );
  return {
    accessToken: response.access_token,
    tokenType: response.token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    receivedAt: now,
    expiresAt: now + lifetime,
    scopes: response.scope === undefined ? null : response.scope.split(/[ ,]+/).filter(Boolean),
    refreshToken: response.refresh_token ?? null,
    refreshExpiresAt:
      Number.isFinite(refreshLifetime) && refreshLifetime > 0 ? now + refreshLifetime * 1_000 : null,
    idToken: response.id_token ?? null,
    claims: response.claims() ?? null,
  };
}
