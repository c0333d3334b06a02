import { loginErrorParameter } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { wordsForEnding, wordsForFailedLogin } from './ending-texts.ts';
import { Unavailable } from './unavailable.tsx';

/** What people who land here signed out should know: a sign-in that failed, or why their session ended. */
export function ArrivalNotice() {
  const [search, setSearch] = useSearchParams();
  const session = useSession();
  const [dismissed, setDismissed] = useState<string | null>(null);
  if (session.status === 'unavailable') return <Unavailable />;
  if (session.status !== 'signed-out') return null;

  const failure = search.get(loginErrorParameter);
  if (failure !== null) {
    const dismiss = () => {
      search.delete(loginErrorParameter);
      setSearch(search, { replace: true });
    };
    return (
      <section className="notice bad" role="alert">
        <h2>{wordsForFailedLogin(failure).title}</h2>
        <p>{wordsForFailedLogin(failure).advice}</p>
        <p className="small soft">
          Code: <code>{failure}</code>
        </p>
        <Choices onDismiss={dismiss} />
      </section>
    );
  }
  const words = wordsForEnding(session.reason);
  if (words === null || dismissed === session.reason) return null;
  return (
    <section className="notice" role="status">
      <h2>{words.title}</h2>
      <p>{words.advice}</p>
      <Choices onDismiss={() => setDismissed(session.reason)} />
    </section>
  );
}

function Choices({ onDismiss }: { onDismiss: () => void }) {
  return (
    <div className="row">
      <LoginLink className="button compact" onError="return">
        Sign in again
      </LoginLink>
      <button type="button" className="button quiet compact" onClick={onDismiss}>
        Dismiss
      </button>
    </div>
  );
}
