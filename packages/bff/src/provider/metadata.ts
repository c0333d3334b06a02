import type * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { fetchAsClient } from './client-certificate.ts';
import { type Configured, configure } from './configuration.ts';
import { failureOf, type Outcome } from './failure.ts';
import { keepDocument, type Loaded } from './kept-document.ts';
import { createProviderKeys, type ProviderKeys } from './keys.ts';
import { loadMetadata, type MetadataDocument } from './metadata-document.ts';
import type { Tell } from './tell.ts';

/** After which openid-client would ask for keys because of their age. Milliseconds. */
const longestUse = 120_000;

/** Loads a provider's metadata when it is first needed, and keeps it fresh. */
export interface MetadataLoader {
  load(): Promise<Outcome<client.Configuration>>;
  loaded(): client.Configuration | undefined;
  /** The same without the check of an ID token's signature: for refresh. */
  unchecked(config: client.Configuration): client.Configuration;
  /** The keys of the loaded metadata; undefined where it names none. */
  keys(): ProviderKeys | undefined;
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
  const asClient = fetchAsClient(settings, fetch);
  const withoutChecks = new WeakMap<client.Configuration, client.Configuration>();
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
    const parts = { settings, document, fetch: asClient, keys, now };
    const [fresh, unchecked] = await Promise.all([configure(parts, true), configure(parts, false)]);
    withoutChecks.set(fresh.config, unchecked.config);
    const end = now() + longestUse;
    made = { configured: fresh, until: keys && set ? Math.min(end, keys.freshUntil()) : end };
    return fresh.config;
  }

  return {
    async load() {
      const document = await documents.get();
      return document.ok ? { ok: true, value: await configured(document.value) } : document;
    },
    loaded: () => made?.configured.config,
    unchecked: (config) => withoutChecks.get(config) ?? config,
    keys: () => keys,
  };
}
