import { type ReactNode, useId } from 'react';
import { type SessionExpiry, useSessionExpiry } from './use-session-expiry.ts';

/** What the dialog says, where not in its own words. */
export interface SessionExpiryDialogProps {
  /** Instead of the dialog's own words and button. */
  children?: (expiry: Extract<SessionExpiry, { secondsLeft: number }>) => ReactNode;
}

/**
 * Says that the session is about to end, and lets people stay signed in where that helps; nothing while there is time. It
 * has no looks of its own.
 *
 * @throws Error where no SessionProvider is above
 * @example
 * <SessionExpiryDialog>
 *   {({ secondsLeft, extend }) => <Toast action={extend}>Signed out in {secondsLeft} s</Toast>}
 * </SessionExpiryDialog>
 */
export function SessionExpiryDialog({ children }: SessionExpiryDialogProps) {
  const id = useId();
  const expiry = useSessionExpiry();
  if (expiry.secondsLeft === null) return null;
  if (children) return children(expiry);
  const { secondsLeft, kind, extend } = expiry;
  return (
    <div role="alertdialog" aria-labelledby={id}>
      <p id={id}>You are about to be signed out.</p>
      <p role="timer">{secondsLeft} s</p>
      {kind === 'idle' && (
        <button type="button" onClick={() => void extend()}>
          Stay signed in
        </button>
      )}
    </div>
  );
}
