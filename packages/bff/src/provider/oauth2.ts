import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { authorizationUrl } from './authorization-request.ts';
import { clientAuthentication } from './client-authentication.ts';
import { fetchAsClient } from './client-certificate.ts';
import { failureOf, type Outcome } from './failure.ts';
import { providerFetch } from './fetch.ts';
import { tokenForPerson } from './home-assertion.ts';
import type { ProviderParts } from './openid.ts';
import { checkToken, personOf } from './person.ts';
import type { ExchangeChecks, Provider, SignIn, TokenSet } from './provider.ts';
import { revokeTokens } from './revocation.ts';
import { standardAnswers } from './standard-answers.ts';
import { exchangeToken, refreshTokens } from './token-requests.ts';
import { tokenSet } from './token-set.ts';

/**
 * An OAuth 2.0 server that gives no ID tokens: the code flow with PKCE and state, and then its API says who signed in.
 * Its endpoints come from the profile and the options; there is nothing to discover.
 */
export function createOAuth2Provider(settings: ProviderSettings, { now, fetch }: ProviderParts): Provider {
  const bounded = providerFetch(settings.insecureAllowHttpIssuer, fetch, settings.requestTimeout);
  const asClient = fetchAsClient(settings, bounded);
  const config = configurationOf(settings, standardAnswers(asClient, settings), now);

  async function trying<T>(use: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    try {
      return await use();
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  }

  async function signIn(callback: URL, checks: ExchangeChecks): Promise<Outcome<SignIn>> {
    if (checks.maxAge !== null || checks.acrValues.length > 0) {
      const detail = 'without an ID token nobody says when and how the person signed in';
      return { ok: false, failure: { kind: 'oauth_error', error: 'step_up_failed', detail } };
    }
    const response = await client.authorizationCodeGrant(config, callback, {
      expectedState: checks.state,
      pkceCodeVerifier: checks.codeVerifier,
    });
    const first = tokenSet(response, settings, null, now());
    if (!first.ok) return first;
    const owner = await checkToken(bounded, settings, first.value.accessToken);
    if (!owner.ok) return owner;
    const last = await longLived(first.value);
    if (!last.ok) return last;
    const tokens = last.value;
    const person = await personOf(bounded, settings, tokens);
    if (!person.ok) return person;
    const { subject, claims } = person.value;
    if (owner.value !== null && owner.value !== subject) {
      return { ok: false, failure: { kind: 'invalid_response', detail: 'the token is of another person' } };
    }
    return { ok: true, value: { issuer: settings.issuerName, subject, tokens, claims } };
  }

  /** Once, and at once: a token that has ended cannot be exchanged. */
  async function longLived(tokens: TokenSet): Promise<Outcome<TokenSet>> {
    const { longLivedToken } = settings.profile;
    if (longLivedToken === null) return { ok: true, value: tokens };
    const { grantType, parameter } = longLivedToken;
    const response = await client.genericGrantRequest(config, grantType, { [parameter]: tokens.accessToken });
    const longer = tokenSet(response, settings, null, now());
    if (!longer.ok) return longer;
    return { ok: true, value: { ...longer.value, scopes: longer.value.scopes ?? tokens.scopes } };
  }

  return {
    settings,
    authorizationUrl: (request) => trying(() => authorizationUrl(config, settings, request, null)),
    exchange: (callback, checks) => trying(() => signIn(callback, checks)),
    refresh: (refreshToken, target) =>
      trying(() => refreshTokens(config, settings, refreshToken, target, null, now)),
    exchangeToken: (subjectToken, target) =>
      trying(() => exchangeToken(config, settings, subjectToken, target, null, now)),
    tokenForPerson: (person, target) => trying(() => tokenForPerson(config, settings, person, target, now)),
    revoke: (tokens) => trying(() => revokeTokens(config, bounded, settings, tokens)),
    async endSessionUrl(parameters) {
      const endpoint = settings.endpoints.endSession;
      return {
        ok: true,
        value: endpoint === undefined ? null : client.buildEndSessionUrl(config, { ...parameters }),
      };
    },
    readLogoutToken: async () => ({ kind: 'invalid', detail: 'this provider sends no logout tokens' }),
    // Its tokens are its own affair (RFC 6749 §1.4).
    signatureOf: async () => 'unknown',
    knownEndSessionOrigin() {
      const endpoint = settings.endpoints.endSession;
      return endpoint === undefined ? null : new URL(endpoint).origin;
    },
    prepare: async () => undefined,
    isReady: () => true,
  };
}

function configurationOf(
  settings: ProviderSettings,
  fetch: client.CustomFetch,
  now: () => number,
): client.Configuration {
  const { authorization, token, revocation, endSession } = settings.endpoints;
  const config = new client.Configuration(
    {
      issuer: settings.issuerName,
      ...(authorization === undefined ? {} : { authorization_endpoint: authorization }),
      ...(token === undefined ? {} : { token_endpoint: token }),
      ...(revocation === undefined ? {} : { revocation_endpoint: revocation }),
      ...(endSession === undefined ? {} : { end_session_endpoint: endSession }),
    },
    settings.clientId,
    {},
    clientAuthentication(settings, now),
  );
  config.timeout = undefined;
  config[client.customFetch] = fetch;
  // Our fetch decides about http.
  client.allowInsecureRequests(config);
  return config;
}
