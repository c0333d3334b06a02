import type { Grant } from '../../src/session/record.ts';
import type { EndReason } from '../../src/store/store.ts';
import type { Attempt, Host, SessionTruth } from '../truth.ts';
import type { World } from '../world.ts';
import { lossReason } from './losses.ts';

/** A session is gone from the store: there must be a reason beyond us. */
export function onEnded(world: World, host: Host, id: string, reason: EndReason): void {
  const session = world.truth.sessions.get(id);
  if (!session) return;
  world.trace.say(id, () => `the session ended: ${reason}, by ${host.name}`);
  if (session.ended) world.verdict.violated('no-return', id, 'it ended twice');
  session.ended = { at: world.time.now(), reason, by: host.name };
  const fault = faultOf(world, host, session, reason);
  if (fault) world.verdict.violated('needless-sign-out', id, `${host.name} ended it as ${reason}: ${fault}`);
}

/** What is wrong with an ending, if anything is. */
function faultOf(world: World, host: Host, session: SessionTruth, reason: EndReason): string | undefined {
  switch (reason) {
    case 'idle':
    case 'expired':
      return wasOver(host, session) ? undefined : 'its life is not over by the record that it read';
    case 'refused':
      return refusalFault(world, host, session);
    default:
      return session.wished.has(reason) ? undefined : 'nobody asked for it';
  }
}

/** By the process's own clock, and by what the store told it when it asked. */
function wasOver(host: Host, { id, record }: SessionTruth): boolean {
  if (host.sawOver.has(id)) return true;
  return Object.values(record?.grants ?? {}).some((grant) => isSpent(grant, host.now()));
}

/** Nothing in it can be used, or refreshed with. */
function isSpent({ refreshToken, tokens }: Grant, now: number): boolean {
  return refreshToken === null && Object.values(tokens).every(({ expiresAt }) => expiresAt <= now);
}

function refusalFault(world: World, host: Host, session: SessionTruth): string | undefined {
  const refused = session.attempts.findLast((one) => one.host === host && one.settled?.how === 'refused');
  if (!refused?.refusal) return 'no server said invalid_grant';
  const { refusal } = refused;
  if (refusal.kind === 'revoked') {
    return refusal.by === 'client' ? 'we revoked its tokens ourselves' : undefined;
  }
  return lossFault(world, refused, session);
}

/** Counts a loss that has a reason; else says that it has none. */
function lossFault(world: World, { refusal, provider }: Attempt, session: SessionTruth): string | undefined {
  if (refusal?.kind !== 'reuse') return undefined;
  const why = lossReason(world, refusal);
  if (!why) return `${refusal.token.value} was presented twice, which could have been helped`;
  const grace = world.servers.get(provider)?.policy.grace ?? 0;
  if (grace === Number.POSITIVE_INFINITY) {
    world.verdict.violated('counted-loss', session.id, `lost (${why}) at a server with a grace`);
  }
  world.trace.say(session.id, () => `lost, and nobody could have kept it: ${why}`);
  world.truth.losses.push({ session: session.id, why, grace: grace > 0 });
  return undefined;
}
