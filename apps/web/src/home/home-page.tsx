import { Show, useSession, useUser } from '@coatcheck/react';
import { useTexts } from '../language/language.tsx';
import { ArrivalNotice } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { SignInLink } from '../shell/sign-in-link.tsx';
import { ApiCard } from './api-card.tsx';
import { HeroTicket } from './hero-ticket.tsx';
import { ReadablePanel } from './readable-panel.tsx';
import { RequestPath } from './request-path.tsx';
import './home.css';

export function HomePage() {
  const user = useUser();
  const { home } = useTexts();
  return (
    <div className="page">
      <title>Coatcheck demo</title>
      <ArrivalNotice />
      <section className="hero">
        <div className="hero-words">
          <h1>
            {home.title.map((sentence) => (
              <span key={sentence} className="sentence">
                {sentence}{' '}
              </span>
            ))}
          </h1>
          <Show when="signed-in" fallback={<WaysIn />}>
            <p>{home.welcome(user?.name ?? user?.email ?? user?.sub ?? '', '/notes', '/profile')}</p>
          </Show>
        </div>
        <HeroTicket />
      </section>
      <ReadablePanel />
      <RequestPath />
      <div className="pair">
        <ApiCard key={user?.sub ?? 'nobody'} />
        <DemoAccounts />
      </div>
    </div>
  );
}

function WaysIn() {
  const { home, signIn } = useTexts();
  const { status } = useSession();
  return (
    <>
      <p>{home.lead}</p>
      {/* Its room is there before the answer is, so that nothing below moves. */}
      <div className={`stack ways-${status}`}>
        <div className="row ways-in">
          <SignInLink className="button">{home.signIn}</SignInLink>
          <PageLink to="/learn/lab" className="button quiet">
            {home.lab}
          </PageLink>
        </div>
        <p className="small">
          <PageLink to="/sign-in">{signIn.all}</PageLink>
        </p>
      </div>
    </>
  );
}

function DemoAccounts() {
  const { accounts } = useTexts().home;
  return (
    <section className="card" aria-labelledby="accounts-title">
      <h2 id="accounts-title">{accounts.title}</h2>
      <dl className="accounts">
        <div>
          <dt>
            <code>alice@example.test</code>
          </dt>
          <dd>{accounts.alice}</dd>
        </div>
        <div>
          <dt>
            <code>admin@example.test</code>
          </dt>
          <dd>{accounts.admin}</dd>
        </div>
      </dl>
      <p>{accounts.password}</p>
      <p className="soft small">{accounts.others}</p>
    </section>
  );
}
