import { LoginLink, useSessionExpiry } from '@coatcheck/react';
import { useState } from 'react';
import { secondsAsClock } from './time-left.ts';

/**
 * Says that the session is about to end, wherever on the page somebody is.
 *
 * @param onStay the button that had the focus is about to go
 */
export function ExpiryWarning({ onStay }: { onStay: () => void }) {
  const { secondsLeft, kind, extend } = useSessionExpiry();
  const [isBusy, setBusy] = useState(false);
  if (secondsLeft === null) return null;

  const stay = async () => {
    setBusy(true);
    const session = await extend();
    setBusy(false);
    if (session.status === 'signed-in' && !session.stale) onStay();
  };
  return (
    <section className="expiry" aria-labelledby="expiry-title">
      <div role="alert">
        <h2 id="expiry-title">{kind === 'idle' ? 'Are you still there?' : 'Your session is about to end'}</h2>
        <p className="small">
          {kind === 'idle'
            ? 'Nothing was done for a while, so you are about to be signed out.'
            : 'Save what you are doing. To go on after that, sign in again.'}
        </p>
      </div>
      <p className="clock expiry-clock">
        <span className="visually-hidden">Time left: </span>
        {secondsAsClock(secondsLeft)}
      </p>
      {kind === 'idle' ? (
        <button type="button" className="button compact" disabled={isBusy} onClick={() => void stay()}>
          Stay signed in
        </button>
      ) : (
        <LoginLink className="button compact" onError="return">
          Sign in again
        </LoginLink>
      )}
    </section>
  );
}
