import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { clientAuthentication } from './client-authentication.ts';
import { failureOf, type Outcome, type ProviderFailure, ProviderFetchError } from './failure.ts';

const firstPause = 500;
const longestPause = 30_000;
const tolerance = 30;
/** Of openid-client: our fetch has its own, sooner one. Seconds. */
const unlimited = 600;

/** Loads a provider's metadata when it is first needed. */
export interface MetadataLoader {
  load(): Promise<Outcome<client.Configuration>>;
  loaded(): client.Configuration | undefined;
  /**
   * The same without the check of an ID token's signature. For refresh, where the check comes after the tokens were
   * issued: a key set that cannot be had just then would cost a rotated refresh token.
   */
  unchecked(config: client.Configuration): client.Configuration;
}

/**
 * Lazy discovery (OpenID Connect Discovery §4): callers share one request; after a failure there is a growing pause, so
 * that a provider that is down is not flooded, and start-up never waits for it.
 *
 * @param now milliseconds since the epoch
 */
export function createMetadataLoader(
  settings: ProviderSettings,
  now: () => number,
  fetch: client.CustomFetch,
): MetadataLoader {
  let configuration: client.Configuration | undefined;
  const withoutChecks = new WeakMap<client.Configuration, client.Configuration>();
  let underway: Promise<Outcome<client.Configuration>> | undefined;
  let pause = firstPause;
  let failed: { readonly failure: ProviderFailure; readonly until: number } | undefined;

  async function discover(): Promise<Outcome<client.Configuration>> {
    try {
      const found = await client.discovery(
        settings.issuer,
        settings.clientId,
        clientMetadata(settings),
        clientAuthentication(settings),
        {
          algorithm: 'oidc',
          timeout: unlimited,
          [client.customFetch]: fetch,
          // Without the first, openid-client does not verify the signature of an ID token from the token endpoint. The
          // second leaves the decision about http to our fetch, which refuses it beyond loopback.
          execute: [
            client.enableNonRepudiationChecks,
            client.allowInsecureRequests,
            ...(settings.responseMode === 'jwt' ? [client.useJwtResponseMode] : []),
          ],
        },
      );
      // The library compares URLs; an issuer is compared as text (OpenID Connect Discovery §4.3).
      const { issuer } = found.serverMetadata();
      if (issuer !== settings.issuerName) {
        throw new ProviderFetchError({
          kind: 'misconfigured',
          detail: `the metadata calls the issuer ${issuer.slice(0, 256)}`,
        });
      }
      found.timeout = undefined;
      configuration = found;
      failed = undefined;
      pause = firstPause;
      return { ok: true, value: found };
    } catch (error) {
      const failure = discoveryFailure(failureOf(error));
      failed = { failure, until: now() + pause };
      pause = Math.min(pause * 2, longestPause);
      return { ok: false, failure };
    }
  }

  return {
    async load() {
      if (configuration) return { ok: true, value: configuration };
      if (failed && now() < failed.until) return { ok: false, failure: failed.failure };
      underway ??= discover().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    loaded: () => configuration,
    unchecked(config) {
      const known = withoutChecks.get(config);
      if (known) return known;
      const made = new client.Configuration(
        { ...config.serverMetadata() },
        settings.clientId,
        clientMetadata(settings),
        clientAuthentication(settings),
      );
      made.timeout = undefined;
      made[client.customFetch] = fetch;
      client.allowInsecureRequests(made);
      withoutChecks.set(config, made);
      return made;
    },
  };
}

function clientMetadata(settings: ProviderSettings): Partial<client.ClientMetadata> {
  return {
    [client.clockTolerance]: tolerance,
    ...(settings.idTokenSigningAlg === null
      ? {}
      : { id_token_signed_response_alg: settings.idTokenSigningAlg }),
  };
}

/** Whatever is wrong with a discovery document, it is the configuration or the provider, not the person's sign-in. */
function discoveryFailure(failure: ProviderFailure): ProviderFailure {
  return failure.kind === 'unavailable'
    ? failure
    : { kind: 'misconfigured', detail: `discovery: ${failure.detail}` };
}
