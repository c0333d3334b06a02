import type { Outcome, ProviderFailure } from './failure.ts';

const firstPause = 500;
const longestPause = 30_000;
/** The part of its life after which a document is loaded anew in the background. */
const ripeAfter = 0.75;

/** A document as it was loaded, and how long it may be kept, in milliseconds. */
export interface Loaded<T> {
  readonly value: T;
  readonly lifetime: number;
}

export interface KeptDocumentOptions<T> {
  load(): Promise<Outcome<Loaded<T>>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * How long a document is used after it was loaded although its life is over, because no newer one can be had.
   * Milliseconds.
   */
  readonly usableFor: number;
  /** Whether callers wait for a newer one when the life is over, or get the old one meanwhile. */
  readonly waitAtEnd: boolean;
  /** Told of the first failure in a row, and with null of its end. */
  failed(failure: ProviderFailure | null, inUse: T | undefined): void;
  replaced(before: T, after: T): void;
}

/** A document of a provider that is loaded when first needed and renewed in the background. */
export interface KeptDocument<T> {
  /** The newest one; its failure only where there is none that may be used. */
  get(): Promise<Outcome<T>>;
  /** Loads it now, whatever its age. */
  renew(): Promise<Outcome<T>>;
  /** What was loaded last, whatever its age. */
  known(): T | undefined;
  /** Whether there is one whose life is not over. */
  isFresh(): boolean;
}

/**
 * Keeps a document: callers share one request, its life is that of its HTTP answer, and after a failure there is a
 * growing pause, so that a provider that is down is not flooded.
 */
export function keepDocument<T>(options: KeptDocumentOptions<T>): KeptDocument<T> {
  const { now } = options;
  let kept: { readonly value: T; readonly loadedAt: number; readonly lifetime: number } | undefined;
  let underway: Promise<Outcome<T>> | undefined;
  let pause = firstPause;
  let failed: { readonly failure: ProviderFailure; readonly until: number } | undefined;

  /** A clock that was set back says nothing of an age, so the life counts as over. */
  function ageOf({ loadedAt, lifetime }: { readonly loadedAt: number; readonly lifetime: number }): number {
    const age = now() - loadedAt;
    return age < 0 ? lifetime : age;
  }

  async function load(): Promise<Outcome<T>> {
    const outcome = await options.load();
    if (outcome.ok) {
      if (failed) options.failed(null, kept?.value);
      failed = undefined;
      pause = firstPause;
      if (kept) options.replaced(kept.value, outcome.value.value);
      kept = { ...outcome.value, loadedAt: now() };
      return { ok: true, value: kept.value };
    }
    if (!failed) options.failed(outcome.failure, kept?.value);
    failed = { failure: outcome.failure, until: now() + pause };
    pause = Math.min(pause * 2, longestPause);
    return outcome;
  }

  const document: KeptDocument<T> = {
    async get() {
      const old = kept;
      const age = old ? ageOf(old) : 0;
      if (old && age < old.lifetime * ripeAfter) return { ok: true, value: old.value };
      const newer = document.renew();
      if (old && (age < old.lifetime || !options.waitAtEnd)) return { ok: true, value: old.value };
      const outcome = await newer;
      return outcome.ok || !old || age >= options.usableFor ? outcome : { ok: true, value: old.value };
    },
    async renew() {
      if (failed && now() < failed.until) return { ok: false, failure: failed.failure };
      underway ??= load().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    known: () => kept?.value,
    isFresh: () => kept !== undefined && ageOf(kept) < kept.lifetime,
  };
  return document;
}
