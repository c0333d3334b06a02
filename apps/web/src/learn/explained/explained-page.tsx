import type { SignedIn } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useNow } from '../../profile/use-now.ts';
import { timeLeft } from '../../shell/time-left.ts';
import { useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { valueText } from '../tokens/claims.ts';

/** The ideas behind it all, each beside the real thing. */
export function ExplainedPage() {
  const session = useSession();
  return (
    <>
      <title>JWT and OAuth explained · Coatcheck demo</title>
      <div className="stack">
        <h1>JWT and OAuth, explained by your own session</h1>
        <p>On the left the idea, on the right what it is right now, for you.</p>
      </div>
      {session.status === 'signed-in' ? (
        <Topics key={session.user.sub} session={session} />
      ) : (
        <>
          {session.status === 'signed-out' && (
            <section className="notice">
              <h2>Sign in to fill the right side</h2>
              <LoginLink className="button compact" onError="return">
                Sign in
              </LoginLink>
            </section>
          )}
          <Topics session={null} />
        </>
      )}
    </>
  );
}

function Topics({ session }: { session: SignedIn | null }) {
  return (
    <>
      <Topic title="Authentication and authorization" live={session && <WhoAndWhat session={session} />}>
        <p>
          <strong>Authentication</strong> is who you are. You proved it to the provider with a password, and
          the provider told the BFF in an <em>ID token</em>. That is OpenID Connect.
        </p>
        <p>
          <strong>Authorization</strong> is what may be done in your name. The <em>access token</em> says it
          to the API. That is OAuth 2.0. An access token does not prove who sits at the keyboard, and an ID
          token opens no API.
        </p>
      </Topic>
      <Topic title="Who is who in OAuth" live={session && <Parties session={session} />}>
        <p>
          You are the <strong>resource owner</strong>: the notes are yours. The <strong>client</strong> wants
          to get at them in your name; here that is the BFF, which can keep a secret, and not the page, which
          cannot.
        </p>
        <p>
          The <strong>authorization server</strong> knows you and issues the tokens. The{' '}
          <strong>resource server</strong> is the API that takes them.{' '}
          <Link to="/learn/flow">See them talk.</Link>
        </p>
      </Topic>
      <Topic title="What is in a JWT" live={session && <Claims />}>
        <p>
          A JSON Web Token is three parts between dots: a <strong>header</strong> (how it is signed), a{' '}
          <strong>payload</strong> (what it says) and a <strong>signature</strong>. Everybody can read the
          first two. Only the issuer can make the third, and whoever accepts the token checks it, and then
          that it is meant for them and still good.
        </p>
        <p>
          So never put a secret into one, and never believe one that you have not verified.{' '}
          <Link to="/learn/tokens">Take some apart.</Link>
        </p>
      </Topic>
      <Topic title="Expiry and refresh" live={session && <Times session={session} />}>
        <p>
          Nobody can call a JWT back: it is good until it <strong>expires</strong>. So access tokens live for
          minutes. The <strong>refresh token</strong> fetches the next one, is replaced each time (rotation),
          and can be revoked.
        </p>
        <p>
          In a browser rotation helps little: whoever stole one refresh token steals the next one too, or uses
          it when you are gone. On the server there is nothing to steal, and ending the session ends it all.
        </p>
      </Topic>
      <Topic title="Scopes and roles" live={session && <Rights session={session} />}>
        <p>
          <strong>Scopes</strong> are what you allowed this app to do, out of what you may do yourself.{' '}
          <strong>Roles</strong> are what you are. The API asks for both: a scope that you gave an app makes
          nobody an administrator, and an administrator’s app may do only what it was allowed.
        </p>
      </Topic>
    </>
  );
}

function Topic({ title, live, children }: { title: string; live: ReactNode; children: ReactNode }) {
  return (
    <section className="topic" aria-label={title}>
      <div className="stack">
        <h2>{title}</h2>
        {children}
      </div>
      {live && <div className="live">{live}</div>}
    </section>
  );
}

function WhoAndWhat({ session }: { session: SignedIn }) {
  return (
    <Facts
      facts={[
        ['You are', session.user.name ?? session.user.sub],
        ['says', session.provider],
        ['proved by', session.amr.join(', ') || 'not said'],
        ['This app may', session.scopes.join(', ')],
      ]}
    />
  );
}

function Parties({ session }: { session: SignedIn }) {
  return (
    <Facts
      facts={[
        ['Resource owner', session.user.name ?? session.user.sub],
        ['Client', `the BFF at ${location.origin}`],
        ['Authorization server', session.provider],
        ['Resource server', `the API behind ${location.origin}/api`],
        ['This page', 'none of them: it holds a ticket'],
      ]}
    />
  );
}

function Claims() {
  const { tokens } = useDiagnostics();
  if (tokens === null) return <p className="soft">Asking the server…</p>;
  const token = tokens.find(({ kind, payload }) => kind === 'access_token' && payload !== null);
  if (!token?.payload) return <p className="soft">The access token is not a JWT.</p>;
  const { iss, sub, aud, exp, scope } = token.payload;
  const facts = Object.entries({ alg: token.header?.alg, iss, sub, aud, exp, scope })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, valueText(value)]);
  return (
    <>
      <p className="small soft">Of your access token, {token.length} characters long:</p>
      <Facts facts={facts} />
    </>
  );
}

function Times({ session }: { session: SignedIn }) {
  const now = useNow();
  return (
    <Facts
      facts={[
        [
          'Access token',
          session.accessTokenExpiresAt === null
            ? 'no end known'
            : `renewed within ${timeLeft(session.accessTokenExpiresAt, now)}`,
        ],
        ['Session, if you do nothing', timeLeft(session.idleAt, now)],
        ['Session, at the latest', timeLeft(session.expiresAt, now)],
      ]}
    />
  );
}

function Rights({ session }: { session: SignedIn }) {
  return (
    <Facts
      facts={[
        ['Scopes', session.scopes.join(', ') || 'none'],
        ['Roles', session.roles.join(', ') || 'none'],
        ['The list of users', session.roles.includes('admin') ? 'yours to see' : 'not yours: role admin'],
      ]}
    />
  );
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="small">
      {facts.map(([name, value]) => (
        <FactPair key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactPair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </>
  );
}
