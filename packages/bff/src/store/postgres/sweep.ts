import { oneOf, text } from '../columns.ts';
import type { Store } from '../store.ts';
import { leaseRemembered, sweepStep } from '../sweeping.ts';
import type { Database } from './database.ts';
import type { ListeningFeed } from './feed.ts';
import type { Statements } from './statements.ts';

/** How often one call looks for more after it found only sessions that were used meanwhile. */
const mostRounds = 10;

const fates = ['buried', 'used', 'dropped'] as const;

/** Prepares {@link Store.sweep}: sessions and tombstones in the order of their end, then names, counts and leases. */
export function prepareSweep(
  { run }: Database,
  statements: Statements,
  { name: channel, told }: ListeningFeed,
): Store['sweep'] {
  async function sweepSessions(now: number, most: number, tombstoneLife: number): Promise<number> {
    let touched = 0;
    for (let round = 0; touched < most && round < mostRounds; round += 1) {
      const rows = await run(statements.sweep, now, most - touched, now + tombstoneLife, channel);
      if (rows.length === 0) break;
      const buried = rows
        .filter((row) => oneOf(fates, row, 'fate') === 'buried')
        .map((row) => text(row, 'id'));
      if (buried.length > 0) await told(buried.map((id) => ({ kind: 'ended', id })));
      touched += rows.filter((row) => oneOf(fates, row, 'fate') !== 'used').length;
    }
    return touched;
  }

  return async (now, limit, tombstoneLife) => {
    const most = sweepStep(limit);
    let touched = await sweepSessions(now, most, tombstoneLife);
    if (touched < most) touched += (await run(statements.sweepOnce, now, most - touched)).length;
    if (touched < most) touched += (await run(statements.sweepCounters, now, most - touched)).length;
    const longAgo = now - leaseRemembered;
    if (touched < most) touched += (await run(statements.sweepLeases, longAgo, most - touched)).length;
    return touched;
  };
}
