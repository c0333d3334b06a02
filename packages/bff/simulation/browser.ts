import type { TokenWant } from '../src/refresh/token-want.ts';
import type { AccessToken } from '../src/session/record.ts';
import { touchDue } from '../src/session/rules.ts';
import type { Session } from '../src/session/session.ts';
import { StoreError } from '../src/store/errors.ts';
import { onForwarded, onSignedOut } from './checks/calls.ts';
import type { RunningHost } from './host.ts';
import type { SessionTruth } from './truth.ts';
import type { World } from './world.ts';

/** What became of a call. */
export type CallResult = 'served' | 'refused by the api' | 'signed out' | 'unavailable' | 'store unavailable';

/** One call of a browser at an instance: what `proxy/forward.ts` does, without HTTP. */
export async function callThrough(
  world: World,
  host: RunningHost,
  session: SessionTruth,
  want: TokenWant,
): Promise<CallResult> {
  const { figures } = world.truth;
  const arrivedAt = world.time.now();
  figures.calls += 1;
  const result = await attempt(world, host, session, want, arrivedAt).catch((error: unknown): CallResult => {
    if (!(error instanceof StoreError)) {
      world.verdict.violated('no-surprise', session.id, `${host.name} threw ${String(error)}`);
    }
    return 'store unavailable';
  });
  if (result === 'refused by the api') figures.refusedByApi += 1;
  if (result === 'unavailable') figures.unavailable += 1;
  if (result === 'store unavailable') figures.storeUnavailable += 1;
  if (!host.process.stoodStillSince(arrivedAt)) {
    figures.longestCall = Math.max(figures.longestCall, world.time.now() - arrivedAt);
  }
  world.trace.say(
    session.id,
    () => `${host.name} ${want.resource} call of ${arrivedAt.toFixed(0)}: ${result}`,
  );
  return result;
}

async function attempt(
  world: World,
  host: RunningHost,
  truth: SessionTruth,
  want: TokenWant,
  arrivedAt: number,
): Promise<CallResult> {
  const { sessions } = host.engine;
  const refresher = host.engine.refresherFor(want);

  function forward(session: Session, token: AccessToken): boolean {
    if (touchDue(session.lastSeenAt, host.now(), world.plan.idle))
      sessions.touch(session).catch(() => undefined);
    onForwarded(world, host, truth, want, token, arrivedAt);
    return accepts(world, want, token);
  }

  async function send(session: Session, token: AccessToken): Promise<CallResult> {
    if (forward(session, token)) return served(world);
    if (!refresher.isReplaceable(session, want, token)) return 'refused by the api';
    const answer = await refresher.replace(session, want, token);
    if (!answer) return 'refused by the api';
    if (answer.kind === 'ended') return signedOut(answer.reason);
    if (answer.kind !== 'token') return 'unavailable';
    return forward(answer.session, answer.token) ? served(world) : 'refused by the api';
  }

  function signedOut(reason: Parameters<typeof onSignedOut>[3]): CallResult {
    onSignedOut(world, host, truth, reason);
    return 'signed out';
  }

  const cached = sessions.peek(truth.ticket);
  const ready = cached && refresher.peek(cached, want);
  if (cached && ready) return send(cached, ready);
  const loaded = await sessions.load(truth.ticket);
  if (loaded.kind === 'none') return signedOut(loaded.reason);
  const answer = await refresher.obtain(loaded.session, want);
  if (answer.kind === 'ended') return signedOut(answer.reason);
  return answer.kind === 'token' ? send(answer.session, answer.token) : 'unavailable';
}

function served(world: World): CallResult {
  world.truth.figures.forwarded += 1;
  return 'served';
}

/** A resource server looks at a token: its clock is right. */
function accepts(world: World, want: TokenWant, token: AccessToken): boolean {
  const issued = world.servers.get(want.provider)?.accessToken(token.value);
  return issued !== undefined && !issued.refused && world.time.now() < issued.expiresAt;
}
