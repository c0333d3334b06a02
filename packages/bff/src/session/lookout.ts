import type { Loaded } from './session.ts';

/** Keeps an eye on one session for as long as a stream of it is open. */
export interface Lookout {
  /** Reads the session now, or after the read that is under way, which may have begun too early. */
  look(): void;
  close(): void;
}

const firstPause = 250;
const longestPause = 5_000;

/**
 * A look is repeated until the store answers: its outage ends nobody's stream.
 *
 * @param read rejects while the store is down
 * @param found hears what is there
 * @param unanswered hears of each look that the store did not answer
 */
export function createLookout(
  read: () => Promise<Loaded>,
  found: (loaded: Loaded) => void,
  unanswered: () => void = () => undefined,
): Lookout {
  let closed = false;
  let reading = false;
  let again = false;
  let pause = firstPause;
  let retry: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (closed) return;
    again = reading;
    if (reading) return;
    clearTimeout(retry);
    reading = true;
    const loaded = await read().catch(() => undefined);
    reading = false;
    if (closed) return;
    if (again) {
      void look();
    } else if (loaded) {
      pause = firstPause;
      found(loaded);
    } else {
      retry = setTimeout(look, pause);
      pause = Math.min(2 * pause, longestPause);
      unanswered();
    }
  }

  return {
    look: () => void look(),
    close() {
      closed = true;
      clearTimeout(retry);
    },
  };
}
