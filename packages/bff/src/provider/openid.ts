import type { JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { authorizationUrl } from './authorization-request.ts';
import { redeemCode } from './authorization-response.ts';
import { opened } from './decryption.ts';
import { createDpopProofs } from './dpop.ts';
import { failureOf, type Outcome } from './failure.ts';
import { providerFetch } from './fetch.ts';
import { tokenForPerson } from './home-assertion.ts';
import { idTokenKindFault, jwtHeader } from './id-token.ts';
import { inAnySpelling, sessionIssuer, withoutIssuer } from './issuers.ts';
import { readLogoutToken } from './logout-token.ts';
import { createMetadataLoader } from './metadata.ts';
import type { Provider, TokenSet } from './provider.ts';
import { revokeTokens } from './revocation.ts';
import { signatureFault } from './signature.ts';
import { createTell, type WriteLine } from './tell.ts';
import { exchangeToken, refreshTokens } from './token-requests.ts';

/** The keys and algorithms of a provider's signatures. */
interface Signing {
  readonly keys: JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** What a provider needs of its surroundings. */
export interface ProviderParts {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
  /** Gets a line when something about the provider's metadata or keys changes or fails. */
  readonly writeLine?: WriteLine;
}

/** An OpenID Provider, through openid-client. Its metadata is loaded at first use, and again after a failure. */
export function createOpenIdProvider(settings: ProviderSettings, parts: ProviderParts): Provider {
  const { now } = parts;
  const fetch = providerFetch(settings.insecureAllowHttpIssuer, parts.fetch, settings.requestTimeout);
  const tell = createTell(settings.id, parts.writeLine ?? (() => undefined));
  const metadata = createMetadataLoader(settings, now, fetch, tell);
  const proofs = createDpopProofs(settings);

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

  /** How this provider signs. */
  function signingOf(config: client.Configuration): Signing | undefined {
    const { id_token_signing_alg_values_supported: offered } = config.serverMetadata();
    const keys = metadata.keys();
    if (keys === undefined) return undefined;
    const pinned = settings.idTokenSigningAlg;
    const algorithms = pinned === null ? (offered ?? ['RS256']) : [pinned];
    return { keys: keys.find, algorithms: algorithms.filter((alg) => !/^(none|HS)/i.test(alg)) };
  }

  /** The ID token that came with a refresh; where nobody can check its signature, it says nothing. */
  async function refreshed(config: client.Configuration, tokens: TokenSet): Promise<Outcome<TokenSet>> {
    const { idToken, claims } = tokens;
    if (idToken === null) return { ok: true, value: tokens };
    const signing = signingOf(config);
    const fault = signing && (await signatureFault(idToken, signing.keys, signing.algorithms));
    if (fault === undefined || fault?.kind === 'unavailable') {
      return { ok: true, value: { ...tokens, idToken: null, claims: null } };
    }
    const detail = fault?.detail ?? idTokenKindFault(jwtHeader(idToken), claims ?? {}, settings.clientId);
    return detail === null
      ? { ok: true, value: tokens }
      : { ok: false, failure: { kind: 'invalid_id_token', detail } };
  }

  return {
    settings,
    authorizationUrl: (request) =>
      withConfiguration(async (config) => {
        const proof = await proofs.ofSignIn(config, request.dpopKey);
        return proof.ok ? authorizationUrl(config, settings, request, proof.value) : proof;
      }),
    exchange: (callback, checks) =>
      withConfiguration(async (config) => {
        const proof = await proofs.ofSignIn(config, checks.dpopKey);
        if (!proof.ok) return proof;
        return inAnySpelling(settings, metadata, config, (known, again) =>
          redeemCode(known, settings, again ? withoutIssuer(callback) : callback, checks, proof.value, now),
        );
      }),
    refresh: (refreshToken, target, dpopKey) =>
      withConfiguration(async (config) => {
        if (settings.dpop === 'required' && dpopKey === undefined) return unbound;
        const proof = await proofs.of(config, dpopKey);
        const unchecked = metadata.unchecked(config);
        const tokens = await inAnySpelling(settings, metadata, unchecked, (known) =>
          refreshTokens(known, settings, refreshToken, target, proof, now),
        );
        return tokens.ok ? refreshed(config, tokens.value) : tokens;
      }),
    exchangeToken: (subjectToken, target, dpopKey) =>
      withConfiguration(async (config) => {
        const proof = await proofs.of(config, dpopKey);
        return exchangeToken(config, settings, subjectToken, target, proof, now);
      }),
    tokenForPerson: (person, target) =>
      withConfiguration((config) => tokenForPerson(config, settings, person, target, now)),
    revoke: (tokens) => withConfiguration((config) => revokeTokens(config, fetch, settings, tokens)),
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
      const inside = await opened(token, settings);
      if (!inside.ok) return inside.verdict;
      const tolerance = settings.clockTolerance / 1_000;
      const { clientId } = settings;
      const issuerOf = (iss: unknown) => sessionIssuer(settings, iss);
      const expRequired = !settings.logout.acceptTokensWithoutExp;
      const checks = { issuerOf, clientId, ...signing, now: now(), tolerance, expRequired };
      return readLogoutToken(inside.token, checks);
    },
    async signatureOf(token) {
      const keys = metadata.keys();
      if (keys === undefined) return 'unknown';
      const fault = await signatureFault(token, keys.find, asymmetric);
      return fault === null ? 'valid' : fault.kind === 'invalid' ? 'invalid' : 'unknown';
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

/** What keys that are published can sign with (RFC 7518 §3.1, RFC 8037 §3.1). */
const asymmetric = ['RS', 'PS', 'ES']
  .flatMap((kind) => ['256', '384', '512'].map((bits) => kind + bits))
  .concat('EdDSA');

/** A grant from before DPoP was required: it cannot be made safe any more, only a new sign-in can. */
const unbound: Outcome<TokenSet> = {
  ok: false,
  failure: {
    kind: 'oauth_error',
    error: 'invalid_grant',
    detail: 'DPoP is required, but the grant has no key',
  },
};
