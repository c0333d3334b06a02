import { useSession } from '@coatcheck/react';

/** The server never answered since the page was loaded, so nobody knows who is signed in. */
export function Unavailable() {
  const session = useSession();
  if (session.status !== 'unavailable') return null;
  return (
    <section className="notice bad" role="alert">
      <h2>The server cannot be asked who you are</h2>
      <p>{session.error.detail} You may still be signed in, and nothing was lost.</p>
      <button type="button" className="button quiet compact" onClick={() => void session.refetch()}>
        Try again
      </button>
    </section>
  );
}
