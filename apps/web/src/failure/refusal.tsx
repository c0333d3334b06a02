import { useStepUp } from '@coatcheck/react';
import { useTexts } from '../language/language.tsx';
import { wordsForRefusal } from './refusal-texts.ts';

interface RefusalProps {
  error: Error;
  onRetry?: () => void;
  /** Before this page is left for a sign-in that lets the call pass: time to keep what was typed. */
  onLeave?: (() => void) | undefined;
}

/** A call that failed, said where it was made, with the sign-in that mends it where one does. */
export function Refusal({ error, onRetry, onLeave }: RefusalProps) {
  const offer = useStepUp(error);
  const texts = useTexts();
  const { title, advice, code } = wordsForRefusal(offer?.error ?? error, texts);
  return (
    <section className="notice bad wide" role="alert">
      <h2>{title}</h2>
      <p>{advice}</p>
      <p className="small soft">
        {texts.shell.code} <code>{code}</code>
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
          {texts.failures.remedies[offer.step.kind]}
        </button>
      )}
      {onRetry !== undefined && (
        <button type="button" className="button quiet compact" onClick={onRetry}>
          {texts.shell.tryAgain}
        </button>
      )}
    </section>
  );
}
