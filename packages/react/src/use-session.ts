import type { Session, SessionClient } from '@coatcheck/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useSessionClient } from './session-provider.tsx';

/** What can be done about the session, whatever it is. */
export type SessionActions = Pick<SessionClient, 'refetch' | 'login' | 'logout' | 'extend'>;

/**
 * The session and what can be done about it. One union on `status`: TypeScript knows that there is a `user` only
 * after `session.status === 'signed-in'`. There is no token in it, and no way to get one.
 *
 * @throws Error where no SessionProvider is above
 * @example
 * const session = useSession();
 * return session.status === 'signed-in' ? <p>Hello {session.user.name}</p> : <LoginLink>Sign in</LoginLink>;
 */
export function useSession(): Session & SessionActions {
  const client = useSessionClient();
  const session = useSessionState(client);
  return useMemo(() => {
    const { refetch, login, logout, extend } = client;
    return { ...session, refetch, login, logout, extend };
  }, [client, session]);
}

/** The bare state, for components that only look. */
export function useSessionState(client: SessionClient): Session {
  return useSyncExternalStore(client.subscribe, client.getState, client.getInitialState);
}
