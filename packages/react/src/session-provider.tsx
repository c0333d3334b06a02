import type { SessionClient } from '@coatcheck/client';
import { createContext, type ReactNode, useContext, useEffect } from 'react';

const ClientContext = createContext<SessionClient | null>(null);

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
  if (client === null) {
    throw new Error(
      'Coatcheck: no <SessionProvider> above this component. ' +
        'Wrap the app: <SessionProvider client={createSessionClient()}>…</SessionProvider>.',
    );
  }
  return client;
}
