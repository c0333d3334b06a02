import type { Session, SessionClient } from '@coatcheck/client';
import { onScopeDispose, type ShallowRef, shallowReadonly, shallowRef } from 'vue';

/** The session in `setup()`: `const session = useSession(client)`, and `session.status` in the template. */
export function useSession(client: SessionClient): Readonly<ShallowRef<Session>> {
  const session = shallowRef(client.getState());
  const stop = client.subscribe(() => {
    session.value = client.getState();
  });
  onScopeDispose(stop);
  void client.load();
  return shallowReadonly(session);
}
