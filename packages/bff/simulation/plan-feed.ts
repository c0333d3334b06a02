import type { Random } from './random.ts';

/** A time in which the store's feed does not reach a process as it should. */
export interface FeedTrouble {
  readonly from: number;
  readonly to: number;
  /** Slow by `lag`; silent until it goes on, when all comes at once; or closed, when all is lost. */
  readonly kind: 'slow' | 'stalled' | 'broken';
  /** Milliseconds. */
  readonly lag: number;
}

export function planFeedTroubles(random: Random, horizon: number): FeedTrouble[] {
  const troubles: FeedTrouble[] = [];
  for (let from = random.between(0, horizon / 2); from < horizon && troubles.length < 3; ) {
    const to =
      from +
      random.weighted([
        [random.between(50, 1_500), 1],
        [random.between(1_500, 20_000), 2],
      ]);
    const kind = random.pick(['slow', 'stalled', 'broken'] as const);
    troubles.push({ from, to, kind, lag: kind === 'slow' ? random.between(50, 1_500) : 0 });
    from = to + random.between(100, horizon / 2);
  }
  return troubles;
}

/** When what the store sends at a time arrives; undefined for never. Never before what was sent earlier. */
export function arrivalOf(sentAt: number, lag: number, troubles: readonly FeedTrouble[]): number | undefined {
  let arrival = sentAt + lag;
  for (const trouble of troubles) {
    if (sentAt < trouble.from) continue;
    if (trouble.kind === 'slow')
      arrival = Math.max(arrival, Math.min(sentAt, trouble.to) + lag + trouble.lag);
    else if (sentAt >= trouble.to) continue;
    else if (trouble.kind === 'broken') return undefined;
    else arrival = Math.max(arrival, trouble.to + lag);
  }
  return arrival;
}
