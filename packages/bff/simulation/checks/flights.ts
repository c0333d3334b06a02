import { tokenStanding } from '../../src/refresh/policy.ts';
import type { Attempt, Host } from '../truth.ts';
import type { World } from '../world.ts';
import { numberOf } from './commits.ts';

/** A process decided to send a refresh token: nobody else may be using it, and nobody may have a newer one. */
export function onAttempt(world: World, attempt: Attempt): void {
  const { verdict, time, plan, servers } = world;
  const { session, host, lease, provider, resource, refreshToken } = attempt;
  const now = time.now();
  const say = `${host.name} sends ${refreshToken}`;

  for (const other of session.attempts) {
    if (other === attempt || other.refreshToken !== refreshToken || other.provider !== provider) continue;
    if (isUnderWay(world, other))
      verdict.violated('one-flight', session.id, `${say}, as does ${other.host.name}`);
  }
  if (!lease) return;
  if (now + plan.requestTimeout > lease.deadline) {
    verdict.violated(
      'time-to-answer',
      session.id,
      `${say} ${lease.deadline - now} ms before its lease is over`,
    );
  }
  const grant = session.record?.grants[provider];
  if (!grant?.refreshToken) return;
  const storedAt = session.committed.get(grant.refreshToken) ?? 0;
  if (grant.refreshToken !== refreshToken && storedAt < lease.givenAt) {
    verdict.violated('fresh-read', session.id, `${say} though the store has ${grant.refreshToken}`);
  }
  const token = grant.tokens[resource];
  const issued = token && servers.get(provider)?.accessToken(token.value);
  if (!token || !issued || issued.refused || issued.expiresAt <= now) return;
  // Whoever waited for the lease may have judged the token by another time.
  if (host.clockWasSetSince(lease.givenAt - 60_000)) return;
  const committedAt = session.committed.get(token.value) ?? now;
  if (tokenStanding(token, host.now()) === 'fresh' && committedAt < lease.givenAt) {
    verdict.violated('needless-refresh', session.id, `${say} though ${token.value} for ${resource} is fresh`);
  }
}

/** Whether a request with its refresh token may still bring something that will be stored, by a holder in time. */
function isUnderWay(world: World, attempt: Attempt): boolean {
  const { host, lease, settled, session, provider } = attempt;
  if (host.process.isDead() || session.ended) return false;
  if (lease && world.time.now() >= lease.deadline) return false;
  if (!settled) return true;
  const rotates = world.servers.get(provider)?.policy.rotates ?? true;
  return settled.how === 'tokens' && rotates && attempt.committedAt === undefined;
}

/** A holder gives its lease back: whoever takes it next must find what this one received. */
export function onReleaseAsked(world: World, host: Host, leaseName: string): void {
  const lease = host.leases.get(leaseName);
  const session = world.truth.sessions.get(leaseName.split(':')[1] ?? '');
  if (!lease || !session || session.ended || !host.process.isRunning()) return;
  if (world.time.now() >= lease.deadline) return;
  for (const { received, committedAt, provider, lease: under } of session.attempts) {
    if (under !== lease || !received || committedAt !== undefined) continue;
    const stored = session.record?.grants[provider]?.refreshToken ?? null;
    if (numberOf(world, provider, stored) < numberOf(world, provider, received.refresh)) {
      const text = `${host.name} gives its lease back before ${received.refresh} is stored`;
      world.verdict.violated('received-is-stored', session.id, text);
    }
  }
}
