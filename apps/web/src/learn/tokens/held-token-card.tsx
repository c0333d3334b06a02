import type { HeldToken } from '@coatcheck/protocol';
import { secondsAsClock } from '../../shell/time-left.ts';
import { ClaimTable } from './claim-table.tsx';
import { timeIn } from './claims.ts';

const names = { access_token: 'Access token', id_token: 'ID token', refresh_token: 'Refresh token' } as const;

const purposes = {
  access_token: 'It opens the API. The BFF adds it to each call that it forwards.',
  id_token: 'It told the BFF who signed in. Nobody else ever gets it, and it opens nothing.',
  refresh_token: 'It fetches new access tokens, so it is worth the most. It is replaced at each use.',
} as const;

const verdicts = {
  valid: { text: 'Signature good', mood: 'good' },
  invalid: { text: 'Signature wrong', mood: 'bad' },
  unknown: { text: 'Signature not checked', mood: '' },
  none: { text: 'Not a JWT', mood: '' },
} as const;

/** A token that the server holds, as far as anybody may see it. */
export function HeldTokenCard({ token, now }: { token: HeldToken; now: number }) {
  const verdict = verdicts[token.signature];
  const life = lifeOf(token);
  return (
    <section className="card token-card" aria-label={names[token.kind]}>
      <header className="token-head">
        <h2>{names[token.kind]}</h2>
        <p className={`verdict-tag ${verdict.mood}`}>{verdict.text}</p>
      </header>
      <p>{purposes[token.kind]}</p>
      <p className="small soft">
        From {token.provider}
        {token.resource !== '' && (
          <>
            {' '}
            for <code>{token.resource}</code>
          </>
        )}
        , {token.length} characters, held by the server. The signature is left out here, so that what you see
        can be used for nothing.
      </p>
      {life ? (
        <Life from={life.from} until={life.until} now={now} name={names[token.kind]} />
      ) : (
        <p className="small soft">The provider did not say how long it lives.</p>
      )}
      {token.header !== null && <ClaimTable title="Header" claims={token.header} now={now} />}
      {token.payload !== null && <ClaimTable title="Payload" claims={token.payload} now={now} />}
      {token.format === 'opaque' && (
        <p className="small soft">
          Opaque: a random string that means something to the provider alone. There is nothing to decode.
        </p>
      )}
    </section>
  );
}

interface LifeProps {
  readonly from: Date;
  readonly until: Date;
  readonly now: number;
  readonly name: string;
}

/** Drains as time goes by, and is full again after a refresh. */
function Life({ from, until, now, name }: LifeProps) {
  const total = Math.max(1, until.getTime() - from.getTime());
  const left = Math.max(0, Math.min(total, until.getTime() - now));
  const seconds = Math.floor(left / 1_000);
  return (
    <div className={left < total / 5 ? 'token-life low' : 'token-life'}>
      <progress max={total} value={left} aria-label={`Life of the ${name.toLowerCase()} left`} />
      <p className="small">
        {seconds === 0 ? (
          'Over. It has done its work, or the next call renews it.'
        ) : (
          <>
            <span className="clock">{secondsAsClock(seconds)}</span> left of{' '}
            {secondsAsClock(Math.round(total / 1_000))}
          </>
        )}
      </p>
    </div>
  );
}

function lifeOf({ receivedAt, expiresAt, payload }: HeldToken): { from: Date; until: Date } | null {
  if (receivedAt !== null && expiresAt !== null) {
    return { from: new Date(receivedAt), until: new Date(expiresAt) };
  }
  const from = timeIn('iat', payload?.iat);
  const until = timeIn('exp', payload?.exp);
  return from && until && { from, until };
}
