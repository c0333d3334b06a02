import type * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { fetchAsClient } from './client-certificate.ts';
import { type ConfigurationParts, type Configured, configure } from './configuration.ts';
import { failureOf, type Outcome } from './failure.ts';
import { keepDocument, type Loaded } from './kept-document.ts';
import { createProviderKeys, type KeySet, type ProviderKeys } from './keys.ts';
import { loadMetadata, type MetadataDocument } from './metadata-document.ts';
import { standardAnswers } from './standard-answers.ts';
import type { Tell } from './tell.ts';

/** After which openid-client would ask for keys because of their age. Milliseconds. */
const longestUse = 120_000;

/** Loads a provider's metadata when it is first needed, and keeps it fresh. */
export interface MetadataLoader {
  load(): Promise<Outcome<client.Configuration>>;
  loaded(): client.Configuration | undefined;
  /** The same without the check of an ID token's signature: for refresh. */
  unchecked(config: client.Configuration): client.Configuration;
  /** A configuration like another, for one call: with another issuer, or another fetch. */
  variant(config: client.Configuration, change: Variant): Promise<client.Configuration>;
  /** The keys of the loaded metadata; undefined where it names none. */
  keys(): ProviderKeys | undefined;
}

export interface Variant {
  /** The issuer that ID tokens must name. Answers of the authorization endpoint name it no more. */
  readonly issuer?: string;
  /** Stands before the fetch for requests in the client's name. */
  readonly before: (fetch: client.CustomFetch) => client.CustomFetch;
}

/**
 * Lazy discovery (OpenID Connect Discovery §4): start-up never waits for it. Once loaded it stays in use, whatever
 * happens to the provider, and is renewed in the background.
 *
 * @param now milliseconds since the epoch
 */
export function createMetadataLoader(
  settings: ProviderSettings,
  now: () => number,
  fetch: client.CustomFetch,
  tell: Tell,
): MetadataLoader {
  let keys: ProviderKeys | undefined;
  let made: { readonly configured: Configured; readonly until: number } | undefined;
  /** Under way, shared by all who come meanwhile. */
  let making:
    | {
        readonly document: MetadataDocument;
        readonly set: KeySet | undefined;
        readonly config: Promise<client.Configuration>;
      }
    | undefined;
  const plainly = fetchAsClient(settings, fetch);
  const asClient = settings.profile.mayBeOpenId ? standardAnswers(plainly, settings) : plainly;
  const withoutChecks = new WeakMap<client.Configuration, client.Configuration>();
  const partsOf = new WeakMap<
    client.Configuration,
    { readonly parts: ConfigurationParts; readonly checked: boolean }
  >();
  const documents = keepDocument<MetadataDocument>({
    now,
    usableFor: Number.POSITIVE_INFINITY,
    waitAtEnd: false,
    load,
    failed: (failure, inUse) => tell.ofFailure('metadata', failure, inUse !== undefined),
    replaced: (before, after) => tell.ofMetadata(before.members, after.members),
  });

  async function load(): Promise<Outcome<Loaded<MetadataDocument>>> {
    const loaded = await loadMetadata(settings, fetch, now);
    if (!loaded.ok) return loaded;
    try {
      // What openid-client cannot work with is not kept.
      await configure(
        { settings, document: loaded.value.value, fetch: asClient, keys: undefined, now },
        true,
      );
      return loaded;
    } catch (error) {
      const { detail } = failureOf(error);
      return { ok: false, failure: { kind: 'misconfigured', detail: `discovery: ${detail}` } };
    }
  }

  function keysOf({ members }: MetadataDocument): ProviderKeys | undefined {
    const place = typeof members.jwks_uri === 'string' ? URL.parse(members.jwks_uri) : null;
    if (place === null) return undefined;
    if (keys?.url !== place.href) keys = createProviderKeys(place.href, fetch, now, tell);
    return keys;
  }

  /** A configuration with the newest metadata and keys. */
  async function configured(document: MetadataDocument): Promise<client.Configuration> {
    keys = keysOf(document);
    const set = keys?.fresh();
    if (keys && set) void keys.prepare();
    const known = made?.configured;
    const isGood = known?.document === document && known.set === set && !known.asked();
    if (known && made && isGood && now() < made.until) return known.config;
    if (making?.document === document && making.set === set) return making.config;
    const config = make(document).finally(() => {
      making = undefined;
    });
    making = { document, set, config };
    return config;
  }

  async function make(document: MetadataDocument): Promise<client.Configuration> {
    const parts = { settings, document, fetch: asClient, keys, now };
    const [fresh, unchecked] = await Promise.all([configure(parts, true), configure(parts, false)]);
    withoutChecks.set(fresh.config, unchecked.config);
    partsOf.set(fresh.config, { parts, checked: true });
    partsOf.set(unchecked.config, { parts, checked: false });
    made = { configured: fresh, until: now() + longestUse };
    return fresh.config;
  }

  return {
    async load() {
      const document = await documents.get();
      return document.ok ? { ok: true, value: await configured(document.value) } : document;
    },
    loaded: () => made?.configured.config,
    unchecked: (config) => withoutChecks.get(config) ?? config,
    async variant(config, { issuer, before }) {
      const made = partsOf.get(config);
      if (made === undefined) return config;
      const { parts, checked } = made;
      const document = issuer === undefined ? parts.document : renamed(parts.document, issuer);
      return (await configure({ ...parts, document, fetch: before(parts.fetch) }, checked)).config;
    },
    keys: () => keys,
  };
}

function renamed({ members }: MetadataDocument, issuer: string): MetadataDocument {
  const changed = { ...members, issuer, authorization_response_iss_parameter_supported: false };
  return { text: JSON.stringify(changed), members: changed };
}
