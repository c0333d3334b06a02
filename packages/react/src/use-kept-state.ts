import { keptState } from '@coatcheck/client';
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';
import { useSessionClient } from './session-hooks.tsx';

/**
 * `useState` that outlives a sign-in for which the page is left: kept in the tab's storage when the page goes, and given
 * back, once, to the same person.
 *
 * @param name tells one form from another
 * @param read makes a value of what was kept, or the first one of undefined
 * @example
 * const [title, setTitle] = useKeptState('note-title', (kept) => (typeof kept === 'string' ? kept : ''));
 */
export function useKeptState<T>(name: string, read: (kept: unknown) => T): [T, Dispatch<SetStateAction<T>>] {
  const client = useSessionClient();
  const [state, setState] = useState(() => read(undefined));
  const latest = useRef(state);
  const first = useRef(state);
  const reader = useRef(read);
  useEffect(() => {
    latest.current = state;
  }, [state]);
  useEffect(() => {
    const store = keptState(client, name);
    const restore = () => {
      const kept = store.take();
      if (kept !== undefined) setState(reader.current(kept));
    };
    const keep = () => {
      if (latest.current !== first.current) store.keep(latest.current);
    };
    restore();
    const endings = [store.close, client.subscribe(restore), client.inside.page.on('suspended', keep)];
    return () => {
      // Hidden for want of a session, it would not hear that the page goes.
      if (client.getState().status === 'signed-out') keep();
      for (const end of endings) end();
    };
  }, [client, name]);
  return [state, setState];
}
