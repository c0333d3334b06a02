import type { SignedOutReason } from '@coatcheck/protocol';
import type { TokenWant } from '../../src/refresh/token-want.ts';
import type { AccessToken } from '../../src/session/record.ts';
import type { Host, SessionTruth } from '../truth.ts';
import type { World } from '../world.ts';

/** How long an ended session may still be served. Milliseconds. */
const revocationLag = 1_000;

/** A call goes to a resource server, with a token. */
export function onForwarded(
  world: World,
  host: Host,
  session: SessionTruth,
  want: TokenWant,
  token: AccessToken,
  arrivedAt: number,
): void {
  const { verdict, servers, plan, truth, time } = world;
  const issued = servers.get(want.provider)?.accessToken(token.value);
  const say = `${host.name} forwards with ${token.value}`;
  if (issued?.session !== session.id || issued.resource !== want.resource) {
    verdict.violated('own-token', session.id, `${say} of ${issued?.session} for ${issued?.resource}`);
  }
  if (!session.committed.has(token.value)) verdict.violated('stored-before-use', session.id, say);
  if (token.expiresAt <= host.now())
    verdict.violated('living-token', session.id, `${say}, which it knows is dead`);
  if (!session.ended) return;
  const allowed = revocationLag + plan.outageGrace;
  const late = arrivedAt - session.ended.at;
  if (late > allowed) {
    verdict.violated('ended-is-refused', session.id, `${say} a call that came ${late} ms after the end`);
  }
  if (late <= 0 && !host.process.stoodStillSince(arrivedAt)) {
    truth.figures.latestForward = Math.max(truth.figures.latestForward, time.now() - session.ended.at);
  }
}

/** A browser is told that its session is over. */
export function onSignedOut(world: World, host: Host, session: SessionTruth, reason: SignedOutReason): void {
  const { verdict } = world;
  world.truth.figures.signedOut += 1;
  if (!session.ended) {
    verdict.violated('told-the-truth', session.id, `${host.name} says ${reason}, but the session is there`);
  } else if (session.ended.reason !== reason) {
    verdict.violated(
      'told-the-truth',
      session.id,
      `${host.name} says ${reason}, but it was ${session.ended.reason}`,
    );
  }
}
