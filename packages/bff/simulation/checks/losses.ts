import type { Refusal } from '../authorization-server.ts';
import type { Attempt, LossReason } from '../truth.ts';
import type { World } from '../world.ts';

/**
 * Why a refresh token came to be presented again after its rotation, where no client could have helped it; undefined
 * where one could.
 *
 * The holder that rotated it had the new tokens and could store them, or the one that presented it again could know
 * better: then it is our fault.
 */
export function lossReason(world: World, reuse: Refusal & { kind: 'reuse' }): LossReason | undefined {
  const { attempts } = world.truth;
  const first = attempts[reuse.token.rotation?.request ?? -1];
  const again = attempts[reuse.request];
  if (!first || !again) return undefined;
  if (first === again) return 'request arrived twice';
  if (again.calledAt < first.calledAt)
    return wasGivenUp(again, reuse.at) ? 'request arrived late' : undefined;

  const { committedAt, host, lease } = first;
  if (committedAt !== undefined && committedAt < (again.lease?.givenAt ?? again.calledAt)) return undefined;
  if (!first.received) {
    if (first.settled) return 'answer lost';
    return host.process.isDead() ? 'holder died' : silent(first, again);
  }
  if (committedAt === undefined && host.process.isDead()) return 'holder died';
  if (!lease || lease.deadline > again.calledAt) return undefined;
  const tried = first.lastTriedAt ?? Number.NEGATIVE_INFINITY;
  const triedToTheEnd = tried >= lease.deadline - world.plan.storeTimeout - 1_000;
  return silent(first, again) ?? (triedToTheEnd ? 'holder cut off from the store past its lease' : undefined);
}

function silent(first: Attempt, again: Attempt): LossReason | undefined {
  const isOver = first.lease !== undefined && first.lease.deadline <= again.calledAt;
  return isOver && first.host.process.stoodStillSince(first.calledAt)
    ? 'holder silent past its lease'
    : undefined;
}

/** Whether nobody waited for the answer any more when the request reached the server. */
function wasGivenUp({ settled, host, lease }: Attempt, at: number): boolean {
  return (
    settled?.how === 'failed' ||
    host.process.isDead() ||
    host.process.stoodStillSince(lease?.givenAt ?? at) ||
    (lease !== undefined && lease.deadline <= at)
  );
}
