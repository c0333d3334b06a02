import type { SessionUser } from '@coatcheck/client';
import { useMemo } from 'react';
import { useSessionClient } from './session-provider.tsx';
import { useSessionState } from './use-session.ts';

/**
 * The person who is signed in, null otherwise. It keeps its identity while the claims stay the same.
 *
 * @throws Error where no SessionProvider is above
 */
export function useUser(): SessionUser | null;
/**
 * The same, read by your own function, so that the claims of your provider have your own type.
 *
 * @param parse a function from outside the component, since it is called again when it changes
 * @example
 * const readMember = (user: SessionUser) => ({ id: user.sub, team: String(user.team ?? 'none') });
 * const member = useUser(readMember);
 */
export function useUser<T>(parse: (user: SessionUser) => T): T | null;
export function useUser<T>(parse?: (user: SessionUser) => T): T | SessionUser | null {
  const session = useSessionState(useSessionClient());
  const user = session.status === 'signed-in' ? session.user : null;
  return useMemo(() => (user === null || parse === undefined ? user : parse(user)), [user, parse]);
}
