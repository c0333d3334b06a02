import type { SignedIn } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import { Fragment, type ReactNode } from 'react';
import { wordsForEnding } from './ending-texts.ts';
import { FailedStepUp } from './failed-step-up.tsx';
import { ProviderChoice } from './provider-choice.tsx';
import { Unavailable } from './unavailable.tsx';

interface PrivateProps {
  /** The page's heading while its content cannot be shown. */
  title: string;
  children: (session: SignedIn) => ReactNode;
  /** Something the person typed is kept in this tab, to be there again after signing in elsewhere. */
  keepsDraft?: boolean;
}

/**
 * Content of one person. When the session ends it goes away at once, and the page stays where it is: nobody is sent
 * off in the middle of something.
 */
export function Private({ title, children, keepsDraft = false }: PrivateProps) {
  const session = useSession();
  if (session.status === 'signed-in') {
    return (
      <Fragment key={session.user.sub}>
        <FailedStepUp />
        {children(session)}
      </Fragment>
    );
  }
  return (
    <>
      <h1>{title}</h1>
      <Withheld keepsDraft={keepsDraft} />
    </>
  );
}

function Withheld({ keepsDraft }: { keepsDraft: boolean }) {
  const session = useSession();
  switch (session.status) {
    case 'signed-in':
      return null;
    case 'loading':
      return <p className="soft waiting">One moment…</p>;
    case 'signing-out':
      return (
        <p className="soft" role="status">
          Signing out…
        </p>
      );
    case 'unavailable':
      return <Unavailable />;
    case 'signed-out': {
      const words = wordsForEnding(session.reason);
      return (
        <section className="notice" role="alert">
          <h2>{words?.title ?? 'Sign in to see this page'}</h2>
          <p>{words?.advice ?? 'It is about you, so it needs to know who you are.'}</p>
          {keepsDraft && session.reason !== 'signed-out' ? (
            <>
              <p>
                <strong>The note you were writing is kept in this tab.</strong> Sign in in a new tab, then
                come back to this one.
              </p>
              <LoginLink className="button compact" target="_blank" returnTo="/">
                Sign in in a new tab
              </LoginLink>
            </>
          ) : (
            <div className="row ways-in">
              <LoginLink className="button" onError="return">
                Sign in
              </LoginLink>
              <ProviderChoice />
            </div>
          )}
        </section>
      );
    }
  }
}
