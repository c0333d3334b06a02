import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { download } from './download.ts';
import { discover } from './metadata.ts';

/** Whether a token is good cannot be said: the keys cannot be had. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Where an issuer's keys are and how often to ask for them. Times are seconds. */
export interface RemoteKeys {
  readonly issuer: string;
  /** Looked up in the issuer's metadata at the first use if not given. */
  readonly jwksUri: URL | undefined;
  readonly allowInsecureHttp: boolean;
  /** At most one fetch in this time for keys that the set does not have. */
  readonly cooldown: number;
  /** No fetch for this time after one that failed. */
  readonly backoff: number;
  /** How long a set serves before it is fetched again. */
  readonly maxAge: number;
  readonly timeout: number;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Finds the keys of an issuer, on demand and without a restart when they rotate. Whatever callers send, the issuer
 * sees one fetch for unknown keys per `cooldown`, and after a failure one per `backoff`.
 *
 * jose's createRemoteJWKSet does most of this, but counts its cool-down from the last load, so a key that rotates
 * just after one is refused until it ends, and has none after failures. Here it is counted from the last fetch for
 * an unknown key, and the first token of a new key is good at once.
 *
 * @returns a key finder that throws {@link KeysUnavailable} when the set cannot be loaded, and jose's errors when the
 *   set has no key for the token
 */
export function remoteKeys(source: RemoteKeys): JWTVerifyGetKey {
  let loaded: { find: JWTVerifyGetKey; at: number } | undefined;
  let loading: Promise<JWTVerifyGetKey> | undefined;
  let discovered: URL | undefined;
  let failedAt: number | undefined;
  let refetchedAt: number | undefined;

  const isWithin = (seconds: number, since: number | undefined) => {
    const passed = since === undefined ? Number.POSITIVE_INFINITY : source.clock() - since;
    return passed >= 0 && passed < seconds * 1000; // below zero: the clock was set back
  };

  const get = (url: URL) => download(source.fetch, url, source.timeout * 1000);

  const fetchKeys = async (): Promise<JWTVerifyGetKey> => {
    if (isWithin(source.backoff, failedAt)) throw new KeysUnavailable('waiting after a failed fetch');
    try {
      discovered = source.jwksUri ?? discovered ?? (await discover('jwks_uri', source, get));
      const { status, text } = await get(discovered);
      if (status !== 200) throw new Error(`${discovered.href} answered with status ${status}`);
      const find = createLocalJWKSet(JSON.parse(text)); // checks the shape
      loaded = { find, at: source.clock() };
      return find;
    } catch (cause) {
      failedAt = source.clock();
      discovered = undefined; // it may have moved
      throw new KeysUnavailable(`the keys of ${source.issuer} cannot be had`, { cause });
    }
  };

  const load = () => {
    loading ??= fetchKeys().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return async (header, token) => {
    const known = loaded !== undefined && isWithin(source.maxAge, loaded.at) ? loaded.find : await load();
    try {
      return await known(header, token);
    } catch (error) {
      const isUnknownKey = error instanceof errors.JWKSNoMatchingKey;
      if (!isUnknownKey || isWithin(source.cooldown, refetchedAt)) throw error;
      const fetched = await load();
      refetchedAt = source.clock();
      return fetched(header, token);
    }
  };
}
