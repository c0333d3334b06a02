import { createHash, createSecretKey } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type DpopKey, readDpopKey, writeDpopKey } from '../session/dpop-key.ts';
import { clearCookie, cookieNamesWith, cookiesNamed, setCookie } from '../ticket/cookies.ts';
import type { Sealing } from '../ticket/sealing.ts';
import type { Ticket } from '../ticket/ticket.ts';

/** How long a sign-in may take. Milliseconds. */
export const transactionLife = 10 * 60_000;

const mostTransactions = 5;
const mostBytes = 5_120;
/** A request whose Cookie header passes this is near what servers refuse. */
const crowdedHeader = 12_288;

/**
 * What a sign-in is for. `sign-in` begins a session. The others go on with one, under a new id and key: `step-up` for
 * the same account at the same provider, signed in more strongly or with more consent, `connect` for an account of
 * another provider.
 */
export type Intent =
  | { readonly kind: 'sign-in' }
  | {
      readonly kind: 'step-up' | 'connect';
      /** Of the session that goes on: the callback, reached from another site, does not see it. */
      readonly ticket: Pick<Ticket, 'idHash' | 'key'>;
    };

/** One sign-in under way, known to the browser that started it and to nobody else. */
export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** What the tokens will be bound to, if the provider does that. */
  readonly dpopKey: DpopKey | null;
  readonly provider: string;
  readonly returnTo: string;
  /** Show errors at the return address instead of a page of ours. */
  readonly errorsReturn: boolean;
  /** Seconds; null where none was asked for. */
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
  readonly intent: Intent;
  /** Name of the set of scopes that was asked for besides; null for none. */
  readonly consent: string | null;
  /** Id hash of the session that was here, where the answer comes by a post that brings no Lax cookie. */
  readonly replaces: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** How far its cookie travels: with a foreign page's form post only where the answer comes by one. */
type Reach = 'lax' | 'none';

/** Keeps each transaction in a sealed cookie of its own, so that several tabs can sign in at once. */
export interface Transactions {
  /** `Set-Cookie` values: the new transaction's, and deletions of what there is no room for. */
  begin(headers: IncomingHttpHeaders, transaction: Transaction, reach: Reach): string[];
  find(headers: IncomingHttpHeaders, state: string): Transaction | undefined;
  /** `Set-Cookie` value that ends it. */
  clear(state: string, reach: Reach): string;
}

/** @param prefix of the cookies' names */
export function createTransactions(sealing: Sealing, prefix: string): Transactions {
  const nameOf = (state: string) =>
    `${prefix}${createHash('sha256').update(state).digest('base64url').slice(0, 16)}`;

  function pending(headers: IncomingHttpHeaders): { name: string; startedAt: number; bytes: number }[] {
    return cookieNamesWith(headers, prefix)
      .map((name) => {
        const sealed = cookiesNamed(headers, name)[0] ?? '';
        const startedAt = Number(sealing.open('transaction', sealed)?.values.startedAt ?? 0);
        return { name, startedAt, bytes: name.length + encodeURIComponent(sealed).length };
      })
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  return {
    begin(headers, transaction, reach) {
      const cookie = setCookie(nameOf(transaction.state), sealing.seal('transaction', flat(transaction)), {
        sameSite: reach,
        maxAge: transactionLife / 1_000,
      });
      const crowded = (headers.cookie?.length ?? 0) > crowdedHeader;
      let room = mostBytes - cookie.length;
      const dropped = pending(headers).filter((one, index) => {
        room -= one.bytes;
        return crowded || room < 0 || index >= mostTransactions - 1;
      });
      return [...dropped.map((one) => clearCookie(one.name, reach)), cookie];
    },
    find(headers, state) {
      const [sealed, ...others] = cookiesNamed(headers, nameOf(state));
      const opened =
        sealed === undefined || others.length > 0 ? undefined : sealing.open('transaction', sealed);
      const transaction = opened && unflat(opened.values);
      return transaction?.state === state ? transaction : undefined;
    },
    clear: (state, reach) => clearCookie(nameOf(state), reach),
  };
}

function flat(transaction: Transaction): Record<string, string | number> {
  const { maxAge, acrValues, errorsReturn, dpopKey, replaces, intent, consent, ...rest } = transaction;
  return {
    ...rest,
    errorsReturn: errorsReturn ? 1 : 0,
    acrValues: acrValues.join(' '),
    ...(maxAge === null ? {} : { maxAge }),
    ...(replaces === null ? {} : { replaces }),
    ...(consent === null ? {} : { consent }),
    ...(dpopKey === null ? {} : { dpopKey: writeDpopKey(dpopKey) }),
    ...(intent.kind === 'sign-in'
      ? {}
      : {
          intent: intent.kind,
          session: intent.ticket.idHash,
          key: intent.ticket.key.export().toString('base64url'),
        }),
  };
}

function unflat(values: Readonly<Record<string, unknown>>): Transaction | undefined {
  const { state, nonce, codeVerifier, provider, returnTo, acrValues, startedAt, maxAge, errorsReturn } =
    values;
  const { consent, replaces, dpopKey } = values;
  const texts = [state, nonce, codeVerifier, provider, returnTo, acrValues];
  const intent = intentIn(values);
  if (!texts.every((text) => typeof text === 'string') || typeof startedAt !== 'number' || !intent)
    return undefined;
  return {
    state: String(state),
    nonce: String(nonce),
    codeVerifier: String(codeVerifier),
    dpopKey: typeof dpopKey === 'string' ? readDpopKey(dpopKey) : null,
    provider: String(provider),
    returnTo: String(returnTo),
    acrValues: String(acrValues).split(' ').filter(Boolean),
    errorsReturn: errorsReturn === 1,
    maxAge: typeof maxAge === 'number' ? maxAge : null,
    intent,
    consent: typeof consent === 'string' ? consent : null,
    replaces: typeof replaces === 'string' ? replaces : null,
    startedAt,
  };
}

function intentIn({ intent, session, key }: Readonly<Record<string, unknown>>): Intent | undefined {
  if (intent === undefined) return { kind: 'sign-in' };
  if (intent !== 'step-up' && intent !== 'connect') return undefined;
  if (typeof session !== 'string' || typeof key !== 'string') return undefined;
  return {
    kind: intent,
    ticket: { idHash: session, key: createSecretKey(Buffer.from(key, 'base64url')) },
  };
}
