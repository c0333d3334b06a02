import { createLocalJWKSet, type JWK, type JWTVerifyGetKey, errors as joseErrors } from 'jose';
import type { CustomFetch } from 'openid-client';
import { failureOf, type Outcome, ProviderFetchError } from './failure.ts';
import { keepDocument, type Loaded } from './kept-document.ts';
import { lifetimeOf } from './lifetime.ts';
import type { Tell } from './tell.ts';
import { usableKeys } from './usable-keys.ts';

/** How many look-ups of unknown keys may follow each other at once, and how soon there may be one more. */
const lookUps = 4;
const lookUpEvery = 30_000;
/** Keys whose life is over are used so long, counted from when they were loaded, while no newer ones can be had. */
const usableFor = 24 * 60 * 60_000;

/** The keys of a key set that can be used, as they were loaded. */
export interface KeySet {
  readonly keys: readonly JWK[];
  readonly find: JWTVerifyGetKey;
}

/** The keys with which a provider signs. */
export interface ProviderKeys {
  readonly url: string;
  /** Finds the key of a token for jose. @throws ProviderFetchError when the keys cannot be had */
  readonly find: JWTVerifyGetKey;
  /** The keys for somebody who lacks one: looked up again where that may help. @throws ProviderFetchError */
  lookUp(): Promise<KeySet>;
  /** The keys that may be used now without asking. */
  fresh(): KeySet | undefined;
  /** Loads them, or newer ones, where it is time. */
  prepare(): Promise<void>;
}

/**
 * Keeps a provider's keys for the life of their HTTP answer (OpenID Connect Core §10.1.1), so that a key that was
 * withdrawn is soon no good. An unknown key has them loaded again at once, four times and then twice a minute: a
 * rotation is noticed, and tokens with invented key ids cannot be used to flood the provider.
 *
 * @param now milliseconds since the epoch
 */
export function createProviderKeys(
  url: string,
  fetch: CustomFetch,
  now: () => number,
  tell: Tell,
): ProviderKeys {
  let left = lookUps;
  let countedAt = now();

  const kept = keepDocument<KeySet>({
    now,
    usableFor,
    waitAtEnd: true,
    load: () => loadKeys(url, fetch, now),
    failed: (failure, inUse) => tell.ofFailure('keys', failure, inUse !== undefined),
    replaced: (before, after) => tell.ofKeys(before.keys, after.keys),
  });

  async function lookUp(): Promise<KeySet> {
    const known = kept.known();
    // Those whose life is over are loaded anyway.
    if (!known || !kept.isFresh()) return valueIn(await kept.get());
    return mayLookUp() ? valueIn(await kept.renew()) : known;
  }

  function mayLookUp(): boolean {
    const regained = Math.floor((now() - countedAt) / lookUpEvery);
    if (regained > 0) {
      left = Math.min(lookUps, left + regained);
      countedAt += regained * lookUpEvery;
    }
    if (left === 0) return false;
    left -= 1;
    return true;
  }

  return {
    url,
    async find(header, token) {
      const known = valueIn(await kept.get());
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof joseErrors.JWKSNoMatchingKey)) throw error;
      }
      return (await lookUp()).find(header, token);
    },
    lookUp,
    fresh: () => (kept.isFresh() ? kept.known() : undefined),
    async prepare() {
      await kept.get();
    },
  };
}

function valueIn(outcome: Outcome<KeySet>): KeySet {
  if (!outcome.ok) throw new ProviderFetchError(outcome.failure);
  return outcome.value;
}

async function loadKeys(
  url: string,
  fetch: CustomFetch,
  now: () => number,
): Promise<Outcome<Loaded<KeySet>>> {
  try {
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const answer = await fetch(url, { method: 'GET', redirect: 'manual', body: null, headers });
    const { pathname } = new URL(url);
    if (answer.status >= 500 || answer.status === 429) {
      const detail = `${pathname} answered ${answer.status}`;
      return { ok: false, failure: { kind: 'unavailable', answerLost: false, detail } };
    }
    const keys = answer.status === 200 ? usableKeys(await jsonOf(answer)) : null;
    if (keys === null || keys.length === 0) {
      const what =
        answer.status !== 200
          ? `answered ${answer.status}`
          : keys
            ? 'has no key that can be used'
            : 'is no key set';
      return { ok: false, failure: { kind: 'invalid_response', detail: `${pathname} ${what}` } };
    }
    const value = { keys, find: createLocalJWKSet({ keys: [...keys] }) };
    return { ok: true, value: { value, lifetime: lifetimeOf(answer.headers, now()) } };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

async function jsonOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}
