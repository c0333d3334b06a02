import type { DeviceSession } from '@coatcheck/client';
import { type SessionList, type SessionListActions, useSession } from '@coatcheck/react';
import { useRef, useState } from 'react';
import { Refusal } from '../failure/refusal.tsx';
import { useLanguage, useTexts } from '../language/language.tsx';
import { clockTime, minutesAgo } from '../language/times.ts';
import { Confirmation } from '../shell/confirmation.tsx';

/** Where the person is signed in, and how to end that from here. */
export function Devices({ list, now }: { list: SessionList & SessionListActions; now: number }) {
  const { devices } = useTexts().profile;
  return (
    <section className="stack" aria-labelledby="devices-title">
      <h2 id="devices-title">{devices.title}</h2>
      {list.status === 'loading' && <p className="soft waiting">{devices.waiting}</p>}
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
  const { profile, shell } = useTexts();
  const { logout } = useSession();
  const words = profile.devices;
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
      return words.isOut(device);
    });
  const endOthers = () =>
    run(async () => {
      const ended = await actions.endOthers();
      return words.othersOut(ended);
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
          <Confirmation
            label={words.others}
            className="button quiet"
            title={words.othersTitle(others.length)}
            advice={words.othersAdvice}
            no={shell.cancel}
            yes={words.yes}
            disabled={work.isBusy}
            onYes={() => void endOthers()}
          />
        )}
        <Confirmation
          label={words.everywhere}
          className="button danger"
          title={words.everywhereTitle}
          advice={words.everywhereAdvice}
          no={shell.cancel}
          yes={words.yes}
          disabled={work.isBusy}
          onYes={() => void logout({ everywhere: true })}
        />
        <p className="soft small" role="status" tabIndex={-1} ref={outcome}>
          {work.said ?? (others.length === 0 && words.nowhere)}
        </p>
      </div>
      <p className="small soft">{words.place}</p>
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
  const { texts, locale } = useLanguage();
  const { devices } = texts.profile;
  const since = clockTime(session.createdAt, now, locale);
  const last = lastSeen(session, now, locale) ?? devices.justNow;
  return (
    <li className="device">
      <div>
        <p className="device-name">
          {session.device}
          {session.current && <strong className="here">{devices.here}</strong>}
        </p>
        <p className="small soft">{devices.seen(since, last)}</p>
      </div>
      {!session.current && (
        <button type="button" className="button danger compact" disabled={isBusy} onClick={onEnd}>
          {devices.signOut}
          <span className="visually-hidden">{devices.which(session.device, since)}</span>
        </button>
      )}
    </li>
  );
}

/** Null for just now. */
function lastSeen({ lastSeenAt, current }: DeviceSession, now: number, locale: string): string | null {
  const minutes = Math.floor((now - lastSeenAt.getTime()) / 60_000);
  // The server writes it down once a minute at most.
  if (current || minutes < 1) return null;
  if (minutes < 60) return minutesAgo(minutes, locale);
  return clockTime(lastSeenAt, now, locale);
}
