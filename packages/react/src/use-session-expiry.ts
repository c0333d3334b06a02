import { type Expiring, extendSession, type Session } from '@coatcheck/client';
import { useEffect, useMemo, useState } from 'react';
import { useSessionClient, useSessionState } from './session-hooks.tsx';

/** The end of the session, once it is near. */
export type SessionExpiry = (
  | { secondsLeft: null; kind: null }
  /** `idle`: staying signed in moves it. `absolute`: nothing does. */
  | { secondsLeft: number; kind: Expiring['kind'] }
) & {
  /** “Stay signed in”. */
  extend: () => Promise<Session>;
};

/**
 * Counts down the seconds before the session ends, for a warning. It renders once a second then, and never before.
 *
 * @throws Error where no SessionProvider is above
 * @example
 * const { secondsLeft, kind, extend } = useSessionExpiry();
 * if (secondsLeft === null) return null;
 * return <p>{secondsLeft} s left {kind === 'idle' && <button onClick={extend}>Stay signed in</button>}</p>;
 */
export function useSessionExpiry(): SessionExpiry {
  const client = useSessionClient();
  const session = useSessionState(client);
  const { kind = null, at = null } = (session.status === 'signed-in' && session.expiring) || {};
  const end = at?.getTime() ?? null;
  const secondsLeft = useSecondsUntil(end);
  return useMemo(() => {
    const extend = () => extendSession(client);
    return kind === null || secondsLeft === null
      ? { secondsLeft: null, kind: null, extend }
      : { secondsLeft, kind, extend };
  }, [client, kind, secondsLeft]);
}

/** Null without an end, and in what a server renders: its clock is another one. */
function useSecondsUntil(end: number | null): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    if (end === null) return;
    const look = () => setSeconds(Math.max(0, Math.ceil((end - Date.now()) / 1_000)));
    look();
    const timer = setInterval(look, 1_000);
    return () => {
      clearInterval(timer);
      setSeconds(null);
    };
  }, [end]);
  return end === null ? null : seconds;
}
