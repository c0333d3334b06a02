import { CoatcheckError, type DeviceSession, type DeviceSessions, deviceSessions } from '@coatcheck/client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSessionClient, useSessionState } from './session-hooks.tsx';

/** The person's sessions on all devices, as far as they are known. */
export type SessionList =
  | { status: 'loading' }
  /** With an `error`, this is what the server said before. */
  | { status: 'loaded'; sessions: DeviceSession[]; error?: CoatcheckError }
  | { status: 'failed'; error: CoatcheckError };

/** What can be done about them. */
export interface SessionListActions {
  /** Asks for the list again. Never rejects: a failure is in the list. */
  refetch(): Promise<void>;
  /**
   * Ends one, and asks for the list again.
   *
   * @throws CoatcheckError where the server did not do it
   */
  end(id: string): Promise<void>;
  /**
   * Ends all but the one at hand, and asks for the list again; resolves to how many.
   *
   * @throws CoatcheckError where the server did not do it
   */
  endOthers(): Promise<number>;
}

const loading: SessionList = { status: 'loading' };

/**
 * The sessions of the person who is signed in, on all their devices, and what can be done about them. Asked for when
 * the component appears; `loading` while nobody is signed in.
 *
 * @throws Error where no SessionProvider is above
 * @example
 * const list = useSessions();
 * if (list.status !== 'loaded') return null;
 * return list.sessions.map(({ id, device }) => <button key={id} onClick={() => list.end(id)}>{device}</button>);
 */
export function useSessions(): SessionList & SessionListActions {
  const client = useSessionClient();
  const session = useSessionState(client);
  const subject = session.status === 'signed-in' ? session.user.sub : null;
  const [known, setKnown] = useState({ subject, list: loading });
  /** Whose list may be shown: an answer can come when somebody else, or nobody, is there. */
  const wanted = useRef(subject);

  const actions = useMemo<SessionListActions>(() => {
    const all = deviceSessions(client);
    const refetch = async () => {
      const asked = wanted.current;
      const answer = await ask(all);
      if (asked === null || asked !== wanted.current) return;
      setKnown((before) => ({
        subject: asked,
        list: answer instanceof CoatcheckError ? failed(before, asked, answer) : loaded(answer),
      }));
    };
    return {
      refetch,
      async end(id) {
        await all.end(id);
        await refetch();
      },
      async endOthers() {
        const ended = await all.endOthers();
        await refetch();
        return ended;
      },
    };
  }, [client]);

  useEffect(() => {
    wanted.current = subject;
    if (subject !== null) void actions.refetch();
    return () => {
      wanted.current = null;
    };
  }, [subject, actions]);

  const list = known.subject === subject ? known.list : loading;
  return useMemo(() => ({ ...list, ...actions }), [list, actions]);
}

function loaded(sessions: DeviceSession[]): SessionList {
  return { status: 'loaded', sessions };
}

function failed(
  before: { subject: string | null; list: SessionList },
  subject: string,
  error: CoatcheckError,
): SessionList {
  const { list } = before;
  return before.subject === subject && list.status === 'loaded'
    ? { ...list, error }
    : { status: 'failed', error };
}

async function ask(all: DeviceSessions): Promise<DeviceSession[] | CoatcheckError> {
  try {
    return await all.list();
  } catch (error) {
    if (error instanceof CoatcheckError) return error;
    throw error;
  }
}
