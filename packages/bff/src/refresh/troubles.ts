import type { ProviderFailure } from '../provider/failure.ts';
import { backOff } from './policy.ts';
import { slotOf, type TokenWant } from './token-want.ts';

/** A failure that is not asked for again before a time. */
export interface Trouble {
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The provider gives no such token; else it could not be asked. */
  readonly denied: boolean;
}

/** What stood in the way of getting tokens, by grant: so that a provider in trouble is left in peace. */
export interface Troubles {
  /** What stands in the way of this token now. */
  of(grant: string, want: TokenWant): Trouble | undefined;
  /** @returns how long nobody here asks for it again, in milliseconds */
  remember(grant: string, want: TokenWant, failure: ProviderFailure, denied: boolean): number;
  /** The provider answered for this grant. */
  forget(grant: string): void;
}

const mostRemembered = 10_000;

/** @param now milliseconds since the epoch */
export function createTroubles(now: () => number): Troubles {
  const known = new Map<string, Trouble>();
  /** A provider that denies one token may give another. */
  const denial = (grant: string, want: TokenWant) => `${grant} ${slotOf(want)}`;

  return {
    of: (grant, want) =>
      [grant, denial(grant, want)]
        .map((key) => known.get(key))
        .find((trouble) => trouble && now() < trouble.until),
    remember(grant, want, failure, denied) {
      const key = denied ? denial(grant, want) : grant;
      const failures = (known.get(key)?.failures ?? 0) + 1;
      const pause =
        failure.kind === 'unavailable' && failure.retryAfter !== undefined
          ? failure.retryAfter * 1_000
          : backOff(failures);
      if (known.size >= mostRemembered) known.clear();
      known.set(key, { failures, until: now() + pause, denied });
      return pause;
    },
    forget(grant) {
      known.delete(grant);
    },
  };
}
