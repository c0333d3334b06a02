import { loginErrorParameter } from '@coatcheck/client';
import { useSession } from '@coatcheck/react';
import { useState } from 'react';
import { useTexts } from '../language/language.tsx';
import { wordsForEnding, wordsForFailedLogin } from './ending-texts.ts';
import { SignInLink } from './sign-in-link.tsx';
import { Unavailable } from './unavailable.tsx';

/** What people who land here signed out should know: a sign-in that failed, or why their session ended. */
export function ArrivalNotice({ returnTo }: { returnTo?: string }) {
  const session = useSession();
  const texts = useTexts();
  const [failure, forgetFailure] = useLoginFailure();
  const [dismissed, setDismissed] = useState<string | null>(null);
  if (session.status === 'unavailable') return <Unavailable />;
  if (session.status !== 'signed-out') return null;

  if (failure !== null) {
    const { title, advice } = wordsForFailedLogin(failure, texts);
    return (
      <section className="notice bad" role="alert">
        <h2>{title}</h2>
        <p>{advice}</p>
        <p className="small soft">
          {texts.shell.code} <code>{failure}</code>
        </p>
        <Choices returnTo={returnTo} onDismiss={forgetFailure} />
      </section>
    );
  }
  const words = wordsForEnding(session.reason, texts);
  if (words === null || dismissed === session.reason) return null;
  return (
    <section className="notice" role="status">
      <h2>{words.title}</h2>
      <p>{words.advice}</p>
      <Choices returnTo={returnTo} onDismiss={() => setDismissed(session.reason)} />
    </section>
  );
}

function Choices({ returnTo, onDismiss }: { returnTo: string | undefined; onDismiss: () => void }) {
  const { signIn, shell } = useTexts();
  return (
    <div className="row">
      <SignInLink className="button compact" returnTo={returnTo}>
        {signIn.onceMore}
      </SignInLink>
      <button type="button" className="button quiet compact" onClick={onDismiss}>
        {shell.dismiss}
      </button>
    </div>
  );
}

/** The code that a failed sign-in came back with, and how to take it out of the address. */
function useLoginFailure() {
  const [failure, setFailure] = useState(() => new URLSearchParams(location.search).get(loginErrorParameter));
  const forget = () => {
    const here = new URL(location.href);
    here.searchParams.delete(loginErrorParameter);
    history.replaceState(history.state, '', here);
    setFailure(null);
  };
  return [failure, forget] as const;
}
