import type { HeldToken } from '@coatcheck/protocol';
import { secondsAsClock } from '../../shell/time-left.ts';
import { ClaimTable } from './claim-table.tsx';
import { timeIn } from './claims.ts';
import { useTokenWords } from './words/use-token-words.ts';

const moods = { valid: 'good', invalid: 'bad', unknown: '', none: '' } as const;

/** A token that the server holds, as far as anybody may see it. */
export function HeldTokenCard({ token, now }: { token: HeldToken; now: number }) {
  const { held, table } = useTokenWords();
  const name = held.kinds[token.kind];
  const life = lifeOf(token);
  return (
    <section className="card token-card" aria-label={name}>
      <header className="token-head">
        <h2>{name}</h2>
        <p className={`verdict-tag ${moods[token.signature]}`}>{held.signatures[token.signature]}</p>
      </header>
      <p>{held.purposes[token.kind]}</p>
      <p className="small soft">{held.origin(token)}</p>
      {life ? (
        <Life from={life.from} until={life.until} now={now} name={name} />
      ) : (
        <p className="small soft">{held.noLife}</p>
      )}
      {token.header !== null && <ClaimTable title={table.header} claims={token.header} now={now} />}
      {token.payload !== null && <ClaimTable title={table.payload} claims={token.payload} now={now} />}
      {token.format === 'opaque' && <p className="small soft">{held.opaque}</p>}
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
  const { held } = useTokenWords();
  const total = Math.max(1, until.getTime() - from.getTime());
  const left = Math.max(0, Math.min(total, until.getTime() - now));
  const seconds = Math.floor(left / 1_000);
  return (
    <div className={left < total / 5 ? 'token-life low' : 'token-life'}>
      <progress max={total} value={left} aria-label={held.life(name)} />
      <p className="small">
        {seconds === 0
          ? held.over
          : held.left(
              <span className="clock">{secondsAsClock(seconds)}</span>,
              secondsAsClock(Math.round(total / 1_000)),
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
