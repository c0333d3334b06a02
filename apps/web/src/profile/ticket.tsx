import type { SignedIn } from '@coatcheck/client';
import { useLanguage } from '../language/language.tsx';
import { clockTime } from '../language/times.ts';
import { timeLeft } from '../shell/time-left.ts';

interface TicketProps {
  session: SignedIn;
  /** The session's public id, once it is known. */
  number: string | undefined;
  now: number;
}

/** The session as a ticket: who it is for, its number, and on the stub how long it is good for. */
export function Ticket({ session, number, now }: TicketProps) {
  const { user } = session;
  const { texts, locale } = useLanguage();
  const { profile } = texts;
  const total = session.expiresAt.getTime() - session.createdAt.getTime();
  const left = Math.max(0, session.expiresAt.getTime() - now);
  return (
    <section className="ticket" aria-labelledby="ticket-title">
      <div className="ticket-body">
        <p className="small soft">{profile.withProvider(session.provider)}</p>
        <h2 id="ticket-title">{user.name ?? user.sub}</h2>
        {user.email !== undefined && <p>{user.email}</p>}
        <p className="small soft">{profile.since(clockTime(session.createdAt, now, locale))}</p>
        <p className="small soft mono">
          {profile.number} {number ?? '…'}
        </p>
      </div>
      <div className="ticket-stub">
        <p className="small">{profile.goodFor}</p>
        <p className="ticket-time">{timeLeft(session.expiresAt, now)}</p>
        <progress className="ticket-life" max={Math.max(1, total)} value={left} aria-label={profile.life} />
      </div>
    </section>
  );
}
