import type { SessionRecord } from '../../src/session/record.ts';
import type { SessionTruth } from '../truth.ts';
import type { World } from '../world.ts';

/** A session, new or changed, is in the store: what it holds may be used from now on, and must not be older than before. */
export function onCommitted(world: World, truth: SessionTruth, record: SessionRecord): void {
  const now = world.time.now();
  const { verdict, trace } = world;
  if (truth.ended) verdict.violated('no-return', truth.id, 'a session that ended was stored again');

  for (const [provider, grant] of Object.entries(record.grants)) {
    const before = truth.record?.grants[provider];
    const number = numberOf(world, provider, grant.refreshToken);
    const isOlder = number < numberOf(world, provider, before?.refreshToken ?? null);
    if (isOlder && !cameLate(truth, before?.refreshToken)) {
      verdict.violated(
        'never-older',
        truth.id,
        `${grant.refreshToken} takes the place of ${before?.refreshToken}`,
      );
    }
    const tokens = [grant.refreshToken, ...Object.values(grant.tokens).map(({ value }) => value)];
    for (const token of tokens) {
      if (token !== null && !truth.committed.has(token)) truth.committed.set(token, now);
    }
    if (grant.refreshToken !== before?.refreshToken)
      trace.say(truth.id, () => `the store has ${grant.refreshToken}`);
  }
  for (const attempt of truth.attempts) {
    if (
      attempt.received &&
      attempt.committedAt === undefined &&
      truth.committed.has(attempt.received.access)
    ) {
      attempt.committedAt = now;
    }
  }
  truth.record = record;
}

/** When, among all of its server, a refresh token was issued; -1 for none. */
export function numberOf(world: World, provider: string, refreshToken: string | null): number {
  if (refreshToken === null) return -1;
  return world.servers.get(provider)?.refreshToken(refreshToken)?.number ?? -1;
}

/** Whether the holder that received a refresh token was past its lease by then, so that another may have been at it. */
function cameLate({ attempts }: SessionTruth, refreshToken: string | null | undefined): boolean {
  const first = attempts.find(({ received }) => received?.refresh === refreshToken);
  return first?.settled !== undefined && first.lease !== undefined && first.settled.at > first.lease.deadline;
}
