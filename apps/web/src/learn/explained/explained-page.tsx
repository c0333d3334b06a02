import type { SignedIn } from '@coatcheck/client';
import { LoginLink, useSession } from '@coatcheck/react';
import type { ReactNode } from 'react';
import { useTexts } from '../../language/language.tsx';
import { useNow } from '../../profile/use-now.ts';
import { timeLeft } from '../../shell/time-left.ts';
import { useDiagnostics } from '../diagnostics/use-diagnostics.ts';
import { valueText } from '../tokens/claims.ts';
import { useExplainedWords } from './words/use-explained-words.ts';

/** The ideas behind it all, each beside the real thing. */
export function ExplainedPage() {
  const session = useSession();
  const { signIn } = useTexts().shell;
  const words = useExplainedWords();
  return (
    <>
      <title>{words.documentTitle}</title>
      <div className="stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </div>
      {session.status === 'signed-in' ? (
        <Topics key={session.user.sub} session={session} />
      ) : (
        <>
          {session.status === 'signed-out' && (
            <section className="notice">
              <h2>{words.signInFirst}</h2>
              <LoginLink className="button compact" onError="return">
                {signIn}
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
  const { identity, parties, jwt, expiry, rights } = useExplainedWords();
  return (
    <>
      <Topic title={identity.title} live={session && <WhoAndWhat session={session} />}>
        {identity.idea}
      </Topic>
      <Topic title={parties.title} live={session && <Parties session={session} />}>
        {parties.idea}
      </Topic>
      <Topic title={jwt.title} live={session && <Claims />}>
        {jwt.idea}
      </Topic>
      <Topic title={expiry.title} live={session && <Times session={session} />}>
        {expiry.idea}
      </Topic>
      <Topic title={rights.title} live={session && <Rights session={session} />}>
        {rights.idea}
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
  const { identity } = useExplainedWords();
  return (
    <Facts
      facts={[
        [identity.user, session.user.name ?? session.user.sub],
        [identity.provider, session.provider],
        [identity.methods, session.amr.join(', ') || identity.notSaid],
        [identity.scopes, session.scopes.join(', ')],
      ]}
    />
  );
}

function Parties({ session }: { session: SignedIn }) {
  const { parties } = useExplainedWords();
  return (
    <Facts
      facts={[
        [parties.owner, session.user.name ?? session.user.sub],
        [parties.client, parties.bff(location.origin)],
        [parties.provider, session.provider],
        [parties.api, parties.apiBehind(location.origin)],
        [parties.page, parties.none],
      ]}
    />
  );
}

function Claims() {
  const { tokens } = useDiagnostics();
  const { jwt } = useExplainedWords();
  if (tokens === null) return <p className="soft">{jwt.waiting}</p>;
  const token = tokens.find(({ kind, payload }) => kind === 'access_token' && payload !== null);
  if (!token?.payload) return <p className="soft">{jwt.opaque}</p>;
  const { iss, sub, aud, exp, scope } = token.payload;
  const facts = Object.entries({ alg: token.header?.alg, iss, sub, aud, exp, scope })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, valueText(value)]);
  return (
    <>
      <p className="small soft">{jwt.yours(token.length)}</p>
      <Facts facts={facts} />
    </>
  );
}

function Times({ session }: { session: SignedIn }) {
  const now = useNow();
  const { expiry } = useExplainedWords();
  return (
    <Facts
      facts={[
        [
          expiry.token,
          session.accessTokenExpiresAt === null
            ? expiry.endless
            : expiry.renewed(timeLeft(session.accessTokenExpiresAt, now)),
        ],
        [expiry.idle, timeLeft(session.idleAt, now)],
        [expiry.end, timeLeft(session.expiresAt, now)],
      ]}
    />
  );
}

function Rights({ session }: { session: SignedIn }) {
  const { rights } = useExplainedWords();
  return (
    <Facts
      facts={[
        [rights.scopes, session.scopes.join(', ') || rights.none],
        [rights.roles, session.roles.join(', ') || rights.none],
        [rights.users, session.roles.includes('admin') ? rights.yours : rights.notYours],
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
