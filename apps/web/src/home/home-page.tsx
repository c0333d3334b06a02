import { LoginLink, Show, useUser } from '@coatcheck/react';
import { Link } from 'react-router';
import { ArrivalNotice } from '../shell/notices.tsx';
import { ProviderChoice } from '../shell/provider-choice.tsx';
import { ApiCard } from './api-card.tsx';
import { ReadablePanel } from './readable-panel.tsx';
import { RequestPath } from './request-path.tsx';
import './home.css';

export function HomePage() {
  const user = useUser();
  return (
    <div className="page">
      <title>Coatcheck demo</title>
      <ArrivalNotice />
      <section className="hero">
        <h1>
          <span className="sentence">Your single-page app signs people in.</span>{' '}
          <span className="sentence">The browser never sees a token.</span>
        </h1>
        <Show
          when="signed-in"
          fallback={
            <Show when="signed-out">
              <div className="row ways-in">
                <LoginLink className="button" onError="return">
                  Sign in as a demo user
                </LoginLink>
                <ProviderChoice />
              </div>
            </Show>
          }
        >
          <p>
            You are signed in as <strong>{user?.name ?? user?.email ?? user?.sub}</strong>, and the panel
            below has not changed. Write some <Link to="/notes">notes</Link> or look at your{' '}
            <Link to="/profile">session</Link>.
          </p>
        </Show>
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

function DemoAccounts() {
  return (
    <section className="card" aria-labelledby="accounts-title">
      <h2 id="accounts-title">Two demo accounts</h2>
      <dl className="accounts">
        <div>
          <dt>
            <code>alice@example.test</code>
          </dt>
          <dd>writes notes</dd>
        </div>
        <div>
          <dt>
            <code>admin@example.test</code>
          </dt>
          <dd>sees the list of users as well</dd>
        </div>
      </dl>
      <p>
        The password of both is <code>coatcheck</code>. They exist on this machine only.
      </p>
      <p className="soft small">
        Google, GitHub and Facebook are emulated here too, with accounts of their own, unless you started the
        demo with credentials for the real ones.
      </p>
    </section>
  );
}
