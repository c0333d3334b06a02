import type { SignedOutReason } from '@coatcheck/protocol';
import { createLookout } from '../session/lookout.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Session } from '../session/session.ts';

export interface WatchParts {
  readonly sessions: Pick<SessionManager, 'current' | 'reload' | 'endOf' | 'notices'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SessionWatch {
  /** The newest that is known of the session. */
  readonly session: Session;
  stop(): void;
}

/**
 * Watches a session for as long as something lives by it: whoever ends it, and wherever. A store that is down ends
 * nothing before the end that is known here.
 *
 * @param ended called at most once, after which nothing is watched; `why` asks for the reason and never rejects
 * @param changed told of each newer state of the session
 */
export function watchSession(
  { sessions, now }: WatchParts,
  session: Session,
  ended: (why: () => Promise<SignedOutReason>) => void,
  changed: (session: Session) => void = () => undefined,
): SessionWatch {
  let known = session;
  let due: NodeJS.Timeout | undefined;
  const left = () => Math.min(known.idleExpiresAt, known.record.expiresAt) - now();
  const end = (reason?: SignedOutReason) => {
    stop();
    ended(async () => reason ?? (await sessions.endOf(known.id).catch(() => undefined)) ?? 'expired');
  };
  const lookout = createLookout(
    () => sessions.reload(known),
    (loaded) => (loaded.kind === 'active' ? plan(loaded.session) : end(loaded.reason)),
    () => {
      if (left() <= 0) end('expired');
    },
  );
  /** Asks the store in the end: an idle time that was moved on elsewhere is not known here. */
  const plan = (current: Session) => {
    known = current;
    clearTimeout(due);
    due = setTimeout(lookout.look, Math.min(Math.max(50, left() + 5), 2 ** 31 - 1));
    changed(current);
  };
  const unfollow = sessions.notices.follow(session.id, (notice) => {
    if (notice.kind === 'ended') end();
    else if (notice.kind === 'extended') plan(notice.session);
    else lookout.look();
  });
  const stop = () => {
    clearTimeout(due);
    lookout.close();
    unfollow();
  };
  plan(session);
  // Whoever had to wait on the way here may have missed its end: then it is no longer known for sure.
  if (sessions.current(session.id) === undefined) lookout.look();
  return {
    get session() {
      return known;
    },
    stop,
  };
}
