import type { Session, SessionClient } from '@coatcheck/client';
import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** The session as a signal: `const session = createSession(client)`, and `session().status` in the markup. */
export function createSession(client: SessionClient): Accessor<Session> {
  const [session, setSession] = createSignal(client.getState());
  const stop = client.subscribe(() => setSession(client.getState()));
  onCleanup(stop);
  void client.load();
  return session;
}
