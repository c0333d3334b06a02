import type { Session, SignedIn } from '@coatcheck/client';
import { Activity, type ReactNode, useMemo, useState } from 'react';
import { ClientContext, useSessionClient, useSessionState } from './session-hooks.tsx';

/** What is kept, and what stands in for it. */
export interface ShowKeptProps {
  /** Shown while nobody is signed in. Default: nothing. */
  fallback?: ReactNode;
  children?: ReactNode;
}

/**
 * Like `<Show when="signed-in">`, but children of a session that ended by itself are hidden, not dropped: what was typed
 * is still there when the same person signs in again, in a popup or in another tab. They are dropped when the person
 * signs out, and when somebody else signs in. Nothing of them is visible meanwhile, yet it is in the document.
 *
 * @example
 * <ShowKept fallback={<SignInPrompt />}><NoteEditor /></ShowKept>
 */
export function ShowKept({ fallback, children }: ShowKeptProps) {
  const client = useSessionClient();
  const session = useSessionState(client);
  const [last, setLast] = useState<SignedIn | null>(null);
  const kept = keptAfter(session, last);
  if (kept !== last) setLast(kept);
  // Hidden children see the session as it was, or they would take their own state away.
  const before = useMemo(() => (kept ? { ...client, getState: () => kept } : client), [client, kept]);
  const isShown = session.status === 'signed-in';
  return (
    <>
      {!isShown && fallback}
      {kept && (
        <Activity key={`${kept.provider} ${kept.user.sub}`} mode={isShown ? 'visible' : 'hidden'}>
          <ClientContext value={isShown ? client : before}>{children}</ClientContext>
        </Activity>
      )}
    </>
  );
}

function keptAfter(session: Session, last: SignedIn | null): SignedIn | null {
  if (session.status === 'signed-in') return session;
  const isEnded =
    session.status === 'signed-out' && ['signed-out', 'provider-logout', 'replaced'].includes(session.reason);
  return isEnded ? null : last;
}
