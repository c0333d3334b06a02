import { useSession } from '@coatcheck/react';
import { Refusal } from '../failure/refusal.tsx';
import { useTexts } from '../language/language.tsx';
import { ArrivalNotice } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { SignInLink } from '../shell/sign-in-link.tsx';
import { useProviders } from '../shell/use-providers.ts';
import { returnTarget } from './return-target.ts';
import './sign-in.css';

/** Every way in, for people who want to choose: `/sign-in?return_to=/notes`. */
export function SignInPage() {
  const { signIn } = useTexts();
  const session = useSession();
  const target = returnTarget(location.search, location.origin);
  return (
    <div className="page sign-in">
      <title>{`${signIn.title} · Coatcheck demo`}</title>
      <ArrivalNotice returnTo={target} />
      {session.status === 'signed-in' ? (
        <Already name={session.user.name ?? session.user.email ?? session.user.sub} target={target} />
      ) : (
        <section className="card sign-in-card">
          <h1>{signIn.title}</h1>
          <p>{signIn.lead}</p>
          <Ways target={target} />
          {target !== '/' && <p className="small soft">{signIn.comesBack(target)}</p>}
          <p className="small soft">{signIn.emulated}</p>
        </section>
      )}
    </div>
  );
}

function Ways({ target }: { target: string }) {
  const { signIn } = useTexts();
  const asked = useProviders();
  if (asked.status === 'failed') return <Refusal error={asked.error} onRetry={asked.refetch} />;
  if (asked.status === 'loading') {
    return (
      <div className="wide waiting" role="status">
        <p className="visually-hidden">{signIn.waiting}</p>
        <div className="skeleton skeleton-button" aria-hidden="true" />
      </div>
    );
  }
  return (
    <ul className="plain ways wide" aria-label={signIn.ways}>
      {asked.providers.map((provider) => (
        <li key={provider.id}>
          <SignInLink
            className={provider.default ? 'button' : 'button quiet'}
            provider={provider.id}
            returnTo={target}
          >
            {signIn.continueWith(provider.label)}
          </SignInLink>
        </li>
      ))}
    </ul>
  );
}

function Already({ name, target }: { name: string; target: string }) {
  const { signIn } = useTexts();
  return (
    <section className="card sign-in-card">
      <h1>{signIn.already(name)}</h1>
      <p>{signIn.alreadyAdvice}</p>
      <PageLink to={target} className="button">
        {signIn.goOn}
      </PageLink>
    </section>
  );
}
