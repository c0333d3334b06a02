import { useSession } from '@coatcheck/react';
import { useTexts } from '../language/language.tsx';

/** The server never answered since the page was loaded, so nobody knows who is signed in. */
export function Unavailable() {
  const session = useSession();
  const { failures, shell } = useTexts();
  const { title, advice } = failures.pages.unreachable;
  if (session.status !== 'unavailable') return null;
  return (
    <section className="notice bad" role="alert">
      <h2>{title}</h2>
      <p>
        {session.error.detail} {advice}
      </p>
      <button type="button" className="button quiet compact" onClick={() => void session.refetch()}>
        {shell.tryAgain}
      </button>
    </section>
  );
}
