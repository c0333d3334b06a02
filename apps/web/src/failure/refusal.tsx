import { useStepUp } from '@coatcheck/react';
import { wordsForRefusal, wordsForStepUp } from './refusal-texts.ts';

interface RefusalProps {
  error: Error;
  onRetry?: () => void;
  /** Before this page is left for a sign-in that lets the call pass: time to keep what was typed. */
  onLeave?: (() => void) | undefined;
}

/** A call that failed, said where it was made, with the sign-in that mends it where one does. */
export function Refusal({ error, onRetry, onLeave }: RefusalProps) {
  const offer = useStepUp(error);
  const { title, advice, code } = wordsForRefusal(offer?.error ?? error);
  return (
    <section className="notice bad wide" role="alert">
      <h2>{title}</h2>
      <p>{advice}</p>
      <p className="small soft">
        Code: <code>{code}</code>
      </p>
      {offer !== null && (
        <button
          type="button"
          className="button compact"
          onClick={() => {
            onLeave?.();
            void offer.go();
          }}
        >
          {wordsForStepUp(offer.step)}
        </button>
      )}
      {onRetry !== undefined && (
        <button type="button" className="button quiet compact" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}
