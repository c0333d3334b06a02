import { useTexts } from '../language/language.tsx';
import { wordsForFailedLogin } from '../shell/ending-texts.ts';
import { useAgain } from './again.tsx';

/** Signing in again in a small window, while the page stays with what somebody was doing on it. */
export function AgainOffer() {
  const { status, waiting, failed, open, cancel } = useAgain();
  const texts = useTexts();
  const { again } = texts.signIn;
  const failure = failed === null ? null : wordsForFailedLogin(failed, texts);
  return (
    <>
      <p>
        <strong>{again.kept}</strong> {waiting > 0 ? again.waits : again.stays}
      </p>
      {failure !== null && (
        <p>
          {failure.title}: <code>{failed}</code>
        </p>
      )}
      {status === 'open' && <p className="soft">{again.elsewhere}</p>}
      <div className="row">
        <button type="button" className="button compact" onClick={open}>
          {again.open}
        </button>
        {waiting > 0 && (
          <button type="button" className="button quiet compact" onClick={cancel}>
            {again.giveUp}
          </button>
        )}
      </div>
    </>
  );
}
