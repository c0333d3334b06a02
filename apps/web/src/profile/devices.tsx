import type { DeviceSession } from '@coatcheck/client';
import { type SessionListActions, useSessions } from '@coatcheck/react';
import { useEffect, useRef, useState } from 'react';
import { Refusal } from '../failure/refusal.tsx';
import { clockTime } from '../shell/time-left.ts';

/** Where the person is signed in, and how to end that from here. */
export function Devices({ now }: { now: number }) {
  const list = useSessions();
  return (
    <section className="stack" aria-labelledby="devices-title">
      <h2 id="devices-title">Where you are signed in</h2>
      {list.status === 'loading' && <p className="soft waiting">Asking for your sessions…</p>}
      {list.status === 'failed' && <Refusal error={list.error} onRetry={() => void list.refetch()} />}
      {list.status === 'loaded' && (
        <Loaded sessions={list.sessions} error={list.error} actions={list} now={now} />
      )}
    </section>
  );
}

interface LoadedProps {
  sessions: DeviceSession[];
  /** The list could not be asked for again. */
  error: Error | undefined;
  actions: SessionListActions;
  now: number;
}

function Loaded({ sessions, error, actions, now }: LoadedProps) {
  const [work, setWork] = useState<{ isBusy: boolean; said?: string; error?: Error }>({ isBusy: false });
  /** Where the keyboard goes when the button that was pressed is gone. */
  const outcome = useRef<HTMLParagraphElement>(null);
  const others = sessions.filter(({ current }) => !current);

  const run = async (ending: () => Promise<string>) => {
    setWork({ isBusy: true });
    try {
      setWork({ isBusy: false, said: await ending() });
      outcome.current?.focus();
    } catch (failure) {
      if (!(failure instanceof Error)) throw failure;
      setWork({ isBusy: false, error: failure });
    }
  };
  const end = ({ id, device }: DeviceSession) =>
    run(async () => {
      await actions.end(id);
      return `${device} is signed out.`;
    });
  const endOthers = () =>
    run(async () => {
      const ended = await actions.endOthers();
      return ended === 1 ? 'One other session is signed out.' : `${ended} other sessions are signed out.`;
    });

  const problem = work.error ?? error;
  return (
    <>
      <ul className="plain devices wide">
        {[...sessions.filter(({ current }) => current), ...others].map((session) => (
          <Device
            key={session.id}
            session={session}
            now={now}
            isBusy={work.isBusy}
            onEnd={() => void end(session)}
          />
        ))}
      </ul>
      {problem !== undefined && <Refusal error={problem} />}
      <div className="row">
        {others.length > 0 && (
          <EndOthers count={others.length} isBusy={work.isBusy} onYes={() => void endOthers()} />
        )}
        <p className="soft small" role="status" tabIndex={-1} ref={outcome}>
          {work.said ?? (others.length === 0 && 'You are signed in nowhere else.')}
        </p>
      </div>
    </>
  );
}

interface DeviceProps {
  session: DeviceSession;
  now: number;
  isBusy: boolean;
  onEnd: () => void;
}

function Device({ session, now, isBusy, onEnd }: DeviceProps) {
  const since = clockTime(session.createdAt, now);
  return (
    <li className="device">
      <div>
        <p className="device-name">
          {session.device}
          {session.current && <strong className="here">This one</strong>}
        </p>
        <p className="small soft">
          Signed in {since}, last seen {lastSeen(session, now)}
        </p>
      </div>
      {!session.current && (
        <button type="button" className="button danger compact" disabled={isBusy} onClick={onEnd}>
          Sign out
          <span className="visually-hidden">
            {' '}
            {session.device}, signed in {since}
          </span>
        </button>
      )}
    </li>
  );
}

function lastSeen({ lastSeenAt, current }: DeviceSession, now: number): string {
  const minutes = Math.floor((now - lastSeenAt.getTime()) / 60_000);
  // The server writes it down once a minute at most.
  if (current || minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return clockTime(lastSeenAt, now);
}

function EndOthers({ count, isBusy, onYes }: { count: number; isBusy: boolean; onYes: () => void }) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" className="button quiet" disabled={isBusy} onClick={() => setAsking(true)}>
        Sign out everywhere else
      </button>
    );
  }
  return <Question count={count} isBusy={isBusy} onYes={onYes} onNo={() => setAsking(false)} />;
}

interface QuestionProps {
  count: number;
  isBusy: boolean;
  onYes: () => void;
  onNo: () => void;
}

function Question({ count, isBusy, onYes, onNo }: QuestionProps) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  return (
    <fieldset className="row question">
      <legend>
        {count === 1
          ? 'Sign out the other session? It will take a new sign-in there; this one stays.'
          : `Sign out the ${count} other sessions? It will take a new sign-in there; this one stays.`}
      </legend>
      <button type="button" className="button quiet compact" ref={no} onClick={onNo}>
        Cancel
      </button>
      <button type="button" className="button danger compact" disabled={isBusy} onClick={onYes}>
        Yes, sign out
      </button>
    </fieldset>
  );
}
