import type { SignedIn } from '@coatcheck/client';
import { extendSession, LogoutButton, pathsUnder, useSession, useSessionClient } from '@coatcheck/react';
import { useEffect, useState } from 'react';
import { Private } from '../shell/private.tsx';
import { clockTime, timeLeft } from '../shell/time-left.ts';
import { Accounts } from './accounts.tsx';
import { Devices } from './devices.tsx';
import { Ticket } from './ticket.tsx';
import { useNow } from './use-now.ts';
import './profile.css';

export function ProfilePage() {
  return (
    <div className="page">
      <title>Profile · Coatcheck demo</title>
      <Private title="Your session">{(session) => <Profile session={session} />}</Private>
    </div>
  );
}

function Profile({ session }: { session: SignedIn }) {
  const now = useNow();
  const { refetch } = useSession();
  useEffect(() => {
    void refetch(); // calls since the last look have moved the times
  }, [refetch]);
  return (
    <>
      <h1>Your session</h1>
      <Ticket session={session} now={now} />
      <Times session={session} now={now} />
      <Accounts session={session} />
      <Devices now={now} />
      <Grants session={session} />
      <Leaving />
    </>
  );
}

function Times({ session, now }: { session: SignedIn; now: number }) {
  return (
    <section className="stack" aria-labelledby="times-title">
      <h2 id="times-title">What runs out when</h2>
      <div className="table-frame wide">
        <table className="times">
          <tbody>
            <Time name="If you do nothing, the session ends in" until={session.idleAt} now={now} />
            <Time name="Whatever you do, it ends in" until={session.expiresAt} now={now} />
            {session.accessTokenExpiresAt !== null && (
              <Time
                name="The BFF renews its access to the API within"
                until={session.accessTokenExpiresAt}
                now={now}
              />
            )}
          </tbody>
        </table>
      </div>
      <StaySignedIn idleAt={session.idleAt} now={now} />
    </section>
  );
}

function Time({ name, until, now }: { name: string; until: Date; now: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="clock">
        <time dateTime={until.toISOString()}>{timeLeft(until, now)}</time>
      </td>
      <td className="soft small">{clockTime(until, now)}</td>
    </tr>
  );
}

function StaySignedIn({ idleAt, now }: { idleAt: Date; now: number }) {
  const client = useSessionClient();
  const [outcome, setOutcome] = useState<'none' | 'working' | 'extended' | 'failed'>('none');
  const stay = async () => {
    setOutcome('working');
    const session = await extendSession(client);
    setOutcome(session.status === 'signed-in' && !session.stale ? 'extended' : 'failed');
  };
  return (
    <div className="row">
      <button
        type="button"
        className="button quiet"
        disabled={outcome === 'working'}
        onClick={() => void stay()}
      >
        Stay signed in
      </button>
      <p className="small soft" role="status">
        {outcome === 'extended' && `Good until ${clockTime(idleAt, now)} without another click.`}
        {outcome === 'failed' && 'That did not reach the server. Try again.'}
      </p>
    </div>
  );
}

function Grants({ session }: { session: SignedIn }) {
  return (
    <section className="stack" aria-labelledby="grants-title">
      <h2 id="grants-title">What this session may do</h2>
      <dl className="grants">
        <div>
          <dt>Provider</dt>
          <dd>{session.provider}</dd>
        </div>
        <div>
          <dt>Subject</dt>
          <dd>
            <code>{session.user.sub}</code>
          </dd>
        </div>
        <Tags name="Roles" values={session.roles} />
        <Tags name="Scopes" values={session.scopes} />
        <Tags name="Signed in with" values={session.amr} />
      </dl>
    </section>
  );
}

function Tags({ name, values }: { name: string; values: string[] }) {
  if (values.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <ul className="plain tags">
          {values.map((value) => (
            <li key={value}>{value}</li>
          ))}
        </ul>
      </dd>
    </div>
  );
}

function Leaving() {
  const paths = pathsUnder(useSessionClient().basePath);
  return (
    <section className="stack" aria-labelledby="leaving-title">
      <h2 id="leaving-title">Leave</h2>
      <p className="soft">
        Signing out ends the session on the server, takes the tokens back and signs you out at the provider,
        in every tab.
      </p>
      <div className="row">
        <LogoutButton className="button" />
        <LogoutButton className="button quiet" local>
          Sign out of this app only
        </LogoutButton>
        <form method="post" action={paths.logout}>
          <button type="submit" className="button quiet">
            Sign out with a plain form
          </button>
        </form>
      </div>
    </section>
  );
}
