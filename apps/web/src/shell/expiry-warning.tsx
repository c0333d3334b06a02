import { useSessionExpiry } from '@coatcheck/react';
import { useState } from 'react';
import { useTexts } from '../language/language.tsx';
import { useAgain } from '../sign-in/again.tsx';
import { secondsAsClock } from './time-left.ts';

/**
 * Says that the session is about to end, wherever on the page somebody is.
 *
 * @param onStay the button that had the focus is about to go
 */
export function ExpiryWarning({ onStay }: { onStay: () => void }) {
  const { secondsLeft, kind, extend } = useSessionExpiry();
  const { expiry } = useTexts().shell;
  const { open } = useAgain();
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
        <h2 id="expiry-title">{kind === 'idle' ? expiry.idleTitle : expiry.endTitle}</h2>
        <p className="small">{kind === 'idle' ? expiry.idle : expiry.end}</p>
      </div>
      <p className="clock expiry-clock">
        <span className="visually-hidden">{expiry.left}</span>
        {secondsAsClock(secondsLeft)}
      </p>
      {kind === 'idle' ? (
        <button type="button" className="button compact" disabled={isBusy} onClick={() => void stay()}>
          {expiry.stay}
        </button>
      ) : (
        <button type="button" className="button compact" onClick={open}>
          {expiry.again}
        </button>
      )}
    </section>
  );
}
