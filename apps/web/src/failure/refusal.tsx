import { wordsForRefusal } from './refusal-texts.ts';

/** A call that failed, said where it was made. */
export function Refusal({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { title, advice, code } = wordsForRefusal(error);
  return (
    <section className="notice bad wide" role="alert">
      <h2>{title}</h2>
      <p>{advice}</p>
      <p className="small soft">
        Code: <code>{code}</code>
      </p>
      {onRetry !== undefined && (
        <button type="button" className="button quiet compact" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}
