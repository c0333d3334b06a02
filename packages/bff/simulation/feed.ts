import { createListeners } from '../src/store/listeners.ts';
import type { ChangeFeed, StoreChange } from '../src/store/store.ts';
import { arrivalOf, type FeedTrouble } from './plan-feed.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** The way of the store's changes to one process, with its troubles. */
export interface SimulatedFeed extends ChangeFeed {
  /** Sends a change on its way; tells when it arrives, if it does. */
  carry(change: StoreChange, twice: boolean): number | undefined;
  /** What this process knows of its own writes. */
  tell(change: StoreChange): void;
}

const beatEvery = 250;

export function createFeed(
  time: Scheduler,
  process: Process,
  lag: number,
  planned: readonly FeedTrouble[],
): SimulatedFeed {
  const listeners = createListeners();
  const startedAt = time.now();
  const troubles = planned.filter(({ from }) => from >= startedAt);
  let completeAt = startedAt;

  for (const { kind, to } of troubles) {
    // Connected again: told before any beat of the new connection is answered.
    if (kind === 'broken') time.at(to + lag, () => listeners.tell([{ kind: 'missed' }]), process, 'feed');
  }

  return {
    subscribe: (listener) => listeners.subscribe(listener),
    tell: (change) => listeners.tell([change]),
    staleFor() {
      const now = time.now();
      const since = Math.max(startedAt, process.runningSince());
      let beat = since + Math.floor((now - since) / beatEvery) * beatEvery;
      for (; beat >= since && beat > completeAt; beat -= beatEvery) {
        const answered = arrivalOf(beat, lag, troubles);
        if (answered !== undefined && answered < now) completeAt = beat;
      }
      return now - completeAt;
    },
    carry(change, twice) {
      const arrival = arrivalOf(time.now(), lag, troubles);
      if (arrival === undefined) return undefined;
      const deliver = () => listeners.tell([change]);
      time.at(arrival, deliver, process, 'feed');
      if (twice) time.at(arrival, deliver, process, 'feed');
      return arrival;
    },
  };
}
