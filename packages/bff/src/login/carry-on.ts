import type { SignedOutReason } from '@coatcheck/protocol';
import { scopesAsked } from '../options/consents.ts';
import type { Settings } from '../options/settings.ts';
import type { Problem } from '../problems/registry.ts';
import type { SignIn } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Grant, SessionRecord } from '../session/record.ts';
import type { Loaded, Session } from '../session/session.ts';
import { type SuccessionParts, succeed } from '../session/succession.ts';
import type { FreshTicket } from '../ticket/ticket.ts';
import { recordOf } from './begin-session.ts';
import type { Intent } from './transaction.ts';

export interface CarryOnParts extends SuccessionParts {
  readonly sessions: SuccessionParts['sessions'] & Pick<SessionManager, 'loadFresh'>;
  readonly settings: Settings;
  readonly refresher: {
    /** Does something while none of a session's grants is refreshed, by whatever process. */
    standstill<T>(session: Session, work: (now: Loaded) => Promise<T>): Promise<T>;
  };
}

/** A sign-in that is to go on with a session. */
export interface Continuation {
  readonly intent: Exclude<Intent, { kind: 'sign-in' }>;
  readonly provider: string;
  /** Name of the set of scopes that was asked for besides; null for none. */
  readonly consent: string | null;
  readonly signIn: SignIn;
  /** Id hash of the session that this browser says is here. */
  readonly here: string | undefined;
  readonly fresh: FreshTicket;
  /** Sealed label of the browser. */
  readonly device: Uint8Array;
  readonly requestId: string;
}

export type CarriedOn =
  /** `dropped`: the grant of another account, in whose place the new one came. */
  | { readonly kind: 'done'; readonly record: SessionRecord; readonly dropped: Grant | null }
  /**
   * `leftover`: whether the tokens that came may be revoked. Not where a session of the same account may stay: at many
   * providers a revoked refresh token takes all of the account's tokens with it.
   */
  | { readonly kind: 'refused'; readonly problem: Problem; readonly leftover: boolean };

/**
 * Ends a step-up: the same session, its grants included, under a new id and key. Nothing changes where the session is
 * over or not this browser's any more, or where somebody else signed in.
 */
export async function carryOn(parts: CarryOnParts, continuation: Continuation): Promise<CarriedOn> {
  const { intent, here } = continuation;
  const loaded = await parts.sessions.loadFresh(intent.ticket);
  if (loaded.kind === 'none') return over(loaded.reason);
  if (here !== loaded.session.id) return changed('another session is here now', false);
  return parts.refresher.standstill(loaded.session, async (current) => {
    if (current.kind === 'none') return over(current.reason);
    const record = recordAfter(parts, current.session.record, continuation);
    if ('code' in record)
      return { kind: 'refused', problem: record, leftover: record.code === 'identity_mismatch' };
    const { fresh, device, requestId } = continuation;
    return (await succeed(parts, current.session, fresh, record, device, requestId))
      ? { kind: 'done', record, dropped: droppedFor(continuation, current.session.record) }
      : over((await parts.sessions.endOf(current.session.id)) ?? 'expired');
  });
}

function droppedFor({ provider, signIn }: Continuation, before: SessionRecord): Grant | null {
  const old = before.grants[provider];
  return old === undefined || isOf(old, before, signIn) ? null : old;
}

/** Whether a grant is of the account that signed in now. */
function isOf({ account }: Grant, record: SessionRecord, signIn: SignIn): boolean {
  const { issuer, subject } = account ?? record;
  return signIn.issuer === issuer && signIn.subject === subject;
}

/** One that was replaced goes on under another id: another tab was quicker. */
function over(reason: SignedOutReason): CarriedOn {
  return changed(`the session is over: ${reason}`, reason !== 'replaced');
}

function changed(privateDetail: string, leftover: boolean): CarriedOn {
  return { kind: 'refused', problem: { code: 'session_changed', privateDetail }, leftover };
}

/** The record that the session goes on with, or why it does not. */
function recordAfter(
  { settings, now }: CarryOnParts,
  before: SessionRecord,
  { intent, provider, consent, signIn }: Continuation,
): SessionRecord | Problem {
  const old = before.grants[provider];
  const isSame = old !== undefined && isOf(old, before, signIn);
  if (intent.kind === 'step-up' && !isSame)
    return { code: 'identity_mismatch', privateDetail: 'another account signed in' };
  const options = settings.providers.find(({ id }) => id === provider);
  const asked = options ? scopesAsked(options, old?.scopes ?? [], consent) : [];
  const after = recordOf(settings, provider, signIn, now(), asked);
  const grant = after.grants[provider];
  const wanted = consent === null ? [] : (options?.consents[consent] ?? []);
  const refused = wanted.filter((scope) => !grant?.scopes.includes(scope));
  if (!grant || refused.length > 0)
    return { code: 'missing_scope', privateDetail: `not granted: ${refused.join(' ')}` };
  // A provider that gives a refresh token only at the first consent leaves the old one in force.
  const kept = { ...grant, refreshToken: grant.refreshToken ?? (isSame ? old.refreshToken : null) };
  if (provider !== before.provider) {
    const { facts, providerSession: sid } = after;
    const account = { issuer: signIn.issuer, subject: signIn.subject, sid, ...(facts ? { facts } : {}) };
    return { ...before, grants: { ...before.grants, [provider]: { ...kept, account } } };
  }
  return {
    ...after,
    // Nobody stays signed in for longer by proving it more strongly.
    createdAt: before.createdAt,
    expiresAt: Math.min(before.expiresAt, after.expiresAt),
    grants: { ...before.grants, [provider]: kept },
  };
}
