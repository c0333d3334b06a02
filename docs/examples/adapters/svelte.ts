import type { Session, SessionClient } from '@coatcheck/client';
import { type Readable, readable } from 'svelte/store';

/** The session as a store: `const session = sessionStore(client)`, and `$session.status` in the markup. */
export function sessionStore(client: SessionClient): Readable<Session> {
  return readable(client.getState(), (set) => {
    const show = () => set(client.getState());
    const stop = client.subscribe(show);
    show();
    void client.load();
    return stop;
  });
}
