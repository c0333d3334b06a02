import type { SignedIn } from '@coatcheck/client';
import {
  extendSession,
  LogoutButton,
  pathsUnder,
  useSession,
  useSessionClient,
  useSessions,
} from '@coatcheck/react';
import { useEffect, useState } from 'react';
import { useLanguage, useTexts } from '../language/language.tsx';
import { clockTime } from '../language/times.ts';
import { Private } from '../shell/private.tsx';
import { timeLeft } from '../shell/time-left.ts';
import { Accounts } from './accounts.tsx';
import { Devices } from './devices.tsx';
import { Ticket } from './ticket.tsx';
import { useNow } from './use-now.ts';
import './profile.css';

export function ProfilePage() {
  const { profile } = useTexts();
  return (
    <div className="page">
      <title>{`${profile.title} · Coatcheck demo`}</title>
      <Private title={profile.title}>{(session) => <Profile session={session} />}</Private>
    </div>
  );
}

function Profile({ session }: { session: SignedIn }) {
  const now = useNow();
  const { profile } = useTexts();
  const { refetch } = useSession();
  const list = useSessions();
  const own = list.status === 'loaded' ? list.sessions.find(({ current }) => current) : undefined;
  useEffect(() => {
    void refetch(); // calls since the last look have moved the times
  }, [refetch]);
  return (
    <>
      <h1>{profile.title}</h1>
      <Ticket session={session} number={own?.id} now={now} />
      <div className="pair profile-parts">
        <Times session={session} now={now} />
        <Devices list={list} now={now} />
        <Accounts session={session} />
        <Grants session={session} />
      </div>
      <Leaving />
    </>
  );
}

function Times({ session, now }: { session: SignedIn; now: number }) {
  const { times } = useTexts().profile;
  return (
    <section className="stack" aria-labelledby="times-title">
      <h2 id="times-title">{times.title}</h2>
      <div className="table-frame wide">
        <table className="times">
          <tbody>
            <Time name={times.idle} until={session.idleAt} now={now} />
            <Time name={times.end} until={session.expiresAt} now={now} />
            {session.accessTokenExpiresAt !== null && (
              <Time name={times.token} until={session.accessTokenExpiresAt} now={now} />
            )}
          </tbody>
        </table>
      </div>
      <StaySignedIn idleAt={session.idleAt} now={now} />
    </section>
  );
}

function Time({ name, until, now }: { name: string; until: Date; now: number }) {
  const { locale } = useLanguage();
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="clock">
        <time dateTime={until.toISOString()}>{timeLeft(until, now)}</time>
      </td>
      <td className="soft small">{clockTime(until, now, locale)}</td>
    </tr>
  );
}

function StaySignedIn({ idleAt, now }: { idleAt: Date; now: number }) {
  const client = useSessionClient();
  const { texts, locale } = useLanguage();
  const { times } = texts.profile;
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
        {times.stay}
      </button>
      <p className="small soft" role="status">
        {outcome === 'extended' && times.extended(clockTime(idleAt, now, locale))}
        {outcome === 'failed' && times.failed}
      </p>
    </div>
  );
}

function Grants({ session }: { session: SignedIn }) {
  const { grants } = useTexts().profile;
  const { sub, email } = session.user;
  return (
    <section className="stack" aria-labelledby="grants-title">
      <h2 id="grants-title">{grants.title}</h2>
      <dl className="grants">
        <div>
          <dt>{grants.provider}</dt>
          <dd>{session.provider}</dd>
        </div>
        <div>
          <dt>{grants.subject}</dt>
          <dd>
            <code>{sub}</code>
          </dd>
        </div>
        {email !== undefined && (
          <div>
            <dt>{grants.email}</dt>
            <dd>{email}</dd>
          </div>
        )}
        <Tags name={grants.roles} values={session.roles} />
        <Tags name={grants.scopes} values={session.scopes} />
        <Tags name={grants.methods} values={session.amr} />
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
  const { profile, shell } = useTexts();
  const { leave } = profile;
  return (
    <section className="stack" aria-labelledby="leaving-title">
      <h2 id="leaving-title">{leave.title}</h2>
      <p className="soft">{leave.text}</p>
      <div className="row">
        <LogoutButton className="button">{shell.signOut}</LogoutButton>
        <LogoutButton className="button quiet" local>
          {leave.local}
        </LogoutButton>
        <form method="post" action={paths.logout}>
          <button type="submit" className="button quiet">
            {leave.form}
          </button>
        </form>
      </div>
    </section>
  );
}
