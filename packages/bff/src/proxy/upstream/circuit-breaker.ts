import type { CircuitBreakerSettings } from '../../options/route-upstreams.ts';

/** What a call said of its upstream; `unknown` where its caller left before that showed. */
export type Verdict = 'works' | 'fails' | 'unknown';

export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * Keeps calls from an upstream that fails them. Closed, they pass; after so many failures in a row it opens, and none
 * do; after a while, half-open, one goes to try, and closes it or opens it again. Times are milliseconds since the epoch.
 */
export interface CircuitBreaker {
  state(now: number): CircuitState;
  /** Milliseconds until a call may pass; 0: one may now. */
  wait(now: number): number;
  /** A call passes. Its verdict is to be told once it is known, whatever becomes of it; only the first counts. */
  enter(now: number): (verdict: Verdict, now: number) => void;
}

/** How long whoever finds a call on trial is told to wait: nobody knows how long it takes. Milliseconds. */
const soon = 1_000;

/** @param changed told when it opens or closes */
export function createCircuitBreaker(
  { failures, openFor }: CircuitBreakerSettings,
  changed: (state: 'open' | 'closed') => void,
): CircuitBreaker {
  let failedInRow = 0;
  let openUntil: number | null = null;
  let isTrying = false;

  const open = (now: number) => {
    const wasClosed = openUntil === null;
    openUntil = now + openFor;
    if (wasClosed) changed('open');
  };
  const close = () => {
    failedInRow = 0;
    if (openUntil === null) return;
    openUntil = null;
    changed('closed');
  };

  return {
    state(now) {
      if (openUntil === null) return 'closed';
      return now < openUntil ? 'open' : 'half-open';
    },
    wait(now) {
      if (openUntil === null) return 0;
      if (now < openUntil) return openUntil - now;
      return isTrying ? soon : 0;
    },
    enter(now) {
      const isTrial = openUntil !== null && now >= openUntil;
      if (isTrial) isTrying = true;
      let isTold = false;
      return (verdict, at) => {
        if (isTold) return;
        isTold = true;
        if (isTrial) isTrying = false;
        // Of a call that passed before it opened nothing more is learned.
        else if (openUntil !== null) return;
        if (verdict === 'works') close();
        else if (verdict === 'fails') {
          failedInRow += 1;
          if (isTrial || failedInRow >= failures) open(at);
        }
      };
    },
  };
}
