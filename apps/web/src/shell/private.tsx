import type { SignedIn } from '@coatcheck/client';
import { useSession } from '@coatcheck/react';
import { Fragment, type ReactNode } from 'react';
import { useTexts } from '../language/language.tsx';
import { useAgain } from '../sign-in/again.tsx';
import { AgainOffer } from '../sign-in/again-offer.tsx';
import { wordsForEnding } from './ending-texts.ts';
import { FailedStepUp } from './failed-step-up.tsx';
import { ProviderChoice } from './provider-choice.tsx';
import { SignInLink } from './sign-in-link.tsx';
import { Unavailable } from './unavailable.tsx';

interface PrivateProps {
  /** The page's heading while its content cannot be shown. */
  title: string;
  children: (session: SignedIn) => ReactNode;
  /** Something the person typed is kept in this tab, to be there again after signing in. */
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
  const texts = useTexts();
  const { waiting } = useAgain();
  switch (session.status) {
    case 'signed-in':
      return null;
    case 'loading':
      return <p className="soft waiting">{texts.shell.moment}</p>;
    case 'signing-out':
      return (
        <p className="soft" role="status">
          {texts.shell.signingOut}
        </p>
      );
    case 'unavailable':
      return <Unavailable />;
    case 'signed-out': {
      const words = wordsForEnding(session.reason, texts);
      return (
        <section className="notice" role="alert">
          <h2>{words?.title ?? texts.signIn.needed}</h2>
          <p>{words?.advice ?? texts.signIn.neededAdvice}</p>
          {(keepsDraft || waiting > 0) && session.reason !== 'signed-out' ? (
            <AgainOffer />
          ) : (
            <div className="row ways-in">
              <SignInLink className="button">{texts.shell.signIn}</SignInLink>
              <ProviderChoice />
            </div>
          )}
        </section>
      );
    }
  }
}
