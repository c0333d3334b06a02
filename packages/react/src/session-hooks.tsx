import type { Session, SessionClient, User } from '@coatcheck/client';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';

/** Only `ShowKept` puts another client there. */
export const ClientContext = createContext<SessionClient | null>(null);

/** Whose session it is. */
export interface SessionProviderProps {
  /** Made once, outside of components: `const client = createSessionClient()`. */
  client: SessionClient;
  children?: ReactNode;
}

/**
 * Gives the session to all hooks and components below, and asks the server who is signed in. On a server it
 * renders `loading` (or the client's `initialSession`) and asks nothing.
 *
 * @example
 * createRoot(root).render(<SessionProvider client={client}><App /></SessionProvider>);
 */
export function SessionProvider({ client, children }: SessionProviderProps) {
  useEffect(() => {
    void client.load();
  }, [client]);
  return <ClientContext value={client}>{children}</ClientContext>;
}

/**
 * The client itself, for example for `client.fetch`.
 *
 * @throws Error where no SessionProvider is above
 */
export function useSessionClient(): SessionClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('Coatcheck: no <SessionProvider> above.');
  return client;
}

/** The bare state, for components that only look. */
export function useSessionState(client: SessionClient): Session {
  return useSyncExternalStore(client.subscribe, client.getState, client.getInitialState);
}

/** What can be done about the session, whatever it is. */
export type SessionActions = Pick<SessionClient, 'refetch' | 'login' | 'logout'>;

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
  return useMemo(
    () => ({ ...session, refetch: client.refetch, login: client.login, logout: client.logout }),
    [session, client],
  );
}

/**
 * The person who is signed in, null otherwise; claims of yours are added to `UserClaims`. It keeps its identity while
 * the claims stay the same.
 *
 * @throws Error where no SessionProvider is above
 */
export function useUser(): User | null;
/**
 * The same, read by your own function, so that the claims of your provider have your own type.
 *
 * @param parse a function from outside the component, since it is called again when it changes
 * @example
 * const readMember = (user: User) => ({ id: user.sub, team: String(user.team ?? 'none') });
 * const member = useUser(readMember);
 */
export function useUser<T>(parse: (user: User) => T): T | null;
export function useUser<T>(parse?: (user: User) => T): T | User | null {
  const session = useSessionState(useSessionClient());
  const user = session.status === 'signed-in' ? session.user : null;
  return useMemo(() => (user && parse ? parse(user) : user), [user, parse]);
}
