import { nearestEnd, type Session } from '../session.ts';

/** The session of which the server just said that its end is near. */
export function aboutToExpire(session: Session, now: number): Session {
  if (session.status !== 'signed-in' || session.expiring !== null) return session;
  return { ...session, warnAt: new Date(now), expiring: nearestEnd(session) };
}

/** Milliseconds until the server should be asked how the session stands; null where nothing is due. */
export function nextDeadline(session: Session, now: number): number | null {
  if (session.status !== 'signed-in') return null;
  const { idleAt, expiresAt, warnAt, expiring } = session;
  // The server counts whole seconds: asked a little late, it has made up its mind.
  const dates = [idleAt.getTime() + 1_000, expiresAt.getTime() + 1_000];
  if (expiring === null) {
    // Where events arrive, the server's own warning comes before this.
    const grace = Math.min(2_000, (nearestEnd(session).at.getTime() - warnAt.getTime()) / 2);
    dates.push(warnAt.getTime() + grace);
  }
  const due = dates.map((date) => date - now).filter((wait) => wait > 0);
  return due.length === 0 ? null : Math.min(...due);
}
