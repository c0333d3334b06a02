import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deniedBy } from '../options/access.ts';
import { scopesAsked } from '../options/consents.ts';
import type { Problem } from '../problems/registry.ts';
import type { Provider, SignIn } from '../provider/provider.ts';
import type { DeviceLabels } from '../session/device.ts';
import { endedMarker, markerLife, renewedMarker } from '../session/ended-marker.ts';
import { revocable } from '../session/record.ts';
import { type AuthorizationAnswer, answerFault, answerUrl, readAnswer } from './answer.ts';
import { recordOf } from './begin-session.ts';
import { fail, leadTo, refuse } from './callback-answer.ts';
import { type CarryOnParts, carryOn } from './carry-on.ts';
import { problemFor } from './failure-problem.ts';
import { type LoginParts, redirectUri } from './send-away.ts';
import { type Transaction, transactionLife } from './transaction.ts';

/** What ending a sign-in needs besides. */
export interface CallbackParts extends LoginParts, Omit<CarryOnParts, 'sessions'> {
  readonly devices: DeviceLabels;
  /** Keeps work that goes on after the answer until it is done. */
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * `GET` and `POST /bff/callback/:provider`: checks the answer, redeems the code, and starts a new session, or lets the
 * one at hand go on.
 */
export async function finishLogin(
  parts: CallbackParts,
  providerId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const answer = readAnswer(request);
  const state = answer?.state;
  const transaction = state === undefined ? undefined : parts.transactions.find(request.headers, state);
  const provider = parts.providers.get(providerId);
  const fault = faultOf(parts, answer, transaction, provider);
  if (fault || !answer || !transaction || !provider)
    return refuse(parts, request, reply, fault ?? { code: 'unknown_login' }, transaction, provider);

  const { responseMode } = provider.settings;
  reply.header(
    'set-cookie',
    parts.transactions.clear(transaction.state, responseMode === 'form_post' ? 'none' : 'lax'),
  );
  const claimed = await parts.once.claim(
    `login:${createHash('sha256').update(transaction.state).digest('base64url')}`,
    parts.now(),
    transaction.startedAt + transactionLife,
  );
  if (!claimed) return refuse(parts, request, reply, { code: 'login_already_used' }, transaction, provider);

  const callback = answerUrl(redirectUri(parts.settings, providerId), answer, responseMode);
  const signIn = await provider.exchange(callback, transaction);
  if (!signIn.ok) return fail(parts, request, reply, problemFor(signIn.failure), transaction);
  const denied = deniedBy(provider.settings.access, signIn.value.claims);
  if (denied !== null) {
    if (provider.settings.logout.revoke) parts.background(provider.revoke(signIn.value.tokens));
    const privateDetail = `access.${denied} does not hold`;
    return fail(parts, request, reply, { code: 'not_allowed', privateDetail }, transaction);
  }
  const missing = missingScope(provider, signIn.value);
  if (missing !== undefined) {
    return fail(
      parts,
      request,
      reply,
      { code: 'missing_scope', privateDetail: `not granted: ${missing}` },
      transaction,
    );
  }
  if (await wasEndedMeanwhile(parts, signIn.value))
    return signedOut(parts, provider, request, reply, transaction, signIn.value);
  const { intent } = transaction;
  return intent.kind === 'sign-in'
    ? welcome(parts, provider, request, reply, transaction, signIn.value)
    : goOn(parts, provider, request, reply, { ...transaction, intent }, signIn.value);
}

function faultOf(
  parts: CallbackParts,
  answer: AuthorizationAnswer | undefined,
  transaction: Transaction | undefined,
  provider: Provider | undefined,
): Problem | undefined {
  if (!answer) return { code: 'invalid_callback', privateDetail: 'a parameter is repeated or malformed' };
  if (!transaction) return { code: 'unknown_login' };
  if (!provider) return { code: 'unknown_provider' };
  if (transaction.provider !== provider.settings.id)
    return { code: 'issuer_mismatch', privateDetail: 'the callback of another provider' };
  if (parts.now() >= transaction.startedAt + transactionLife) return { code: 'login_expired' };
  const fault = answerFault(answer, provider.settings.responseMode);
  return fault === null ? undefined : { code: 'invalid_callback', privateDetail: fault };
}

function missingScope(provider: Provider, signIn: SignIn): string | undefined {
  const granted = signIn.tokens.scopes ?? provider.settings.scopes;
  return provider.settings.requiredScopes.find((scope) => !granted.includes(scope));
}

async function wasEndedMeanwhile(parts: CallbackParts, { issuer, claims }: SignIn): Promise<boolean> {
  return typeof claims.sid === 'string' && parts.once.isClaimed(endedMarker(issuer, claims.sid), parts.now());
}

/** The provider ended what this sign-in began: what came belongs to nobody. */
function signedOut(
  parts: CallbackParts,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
  transaction: Transaction,
  { tokens }: SignIn,
): FastifyReply {
  if (provider.settings.logout.revoke) parts.background(provider.revoke(tokens));
  return fail(parts, request, reply, { code: 'signed_out_meanwhile' }, transaction);
}

async function welcome(
  parts: CallbackParts,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
  transaction: Transaction,
  signIn: SignIn,
): Promise<FastifyReply> {
  const { tickets, sessions, settings } = parts;
  const before = tickets.readHere(request.headers) ?? transaction.replaces ?? undefined;
  const replaced = before === undefined ? undefined : await sessions.standing(before);

  const fresh = tickets.issue();
  const asked = scopesAsked(provider.settings, [], transaction.consent);
  const record = recordOf(settings, transaction.provider, signIn, parts.now(), asked);
  await sessions.start(fresh, record, parts.devices.seal(request.headers['user-agent']), request.id);
  // Whoever ended it between the first look and now could not find it yet.
  if (await wasEndedMeanwhile(parts, signIn)) {
    await sessions.end(fresh.ticket.idHash, 'provider-logout', request.id);
    return signedOut(parts, provider, request, reply, transaction, signIn);
  }
  const isSame =
    replaced !== undefined && sessions.isSubject(replaced.subject, signIn.issuer, signIn.subject);
  if (before !== undefined && replaced) {
    await spareRenewed(parts, before, provider, signIn, isSame);
    await sessions.end(before, 'replaced', request.id);
  }

  reply.header('set-cookie', tickets.cookiesFor(fresh, secondsLeft(record, parts.now())));
  if (replaced && !isSame) {
    reply.header('clear-site-data', '"cache"');
  }
  return leadTo(reply, provider, transaction.returnTo);
}

/**
 * Of a session that is about to be replaced, the grant of the account that just signed in is not revoked: a provider may
 * take all tokens of an account back with one of them, the new ones too.
 */
async function spareRenewed(
  { providers, sessions, once, now }: CallbackParts,
  before: string,
  { settings }: Provider,
  { issuer, subject }: SignIn,
  isSame: boolean,
): Promise<void> {
  if (!isSame && !(await sessions.connections.isOf(before, settings.id, issuer, subject))) return;
  const ofIssuer = [...providers].filter(([, one]) => one.settings.issuerName === settings.issuerName);
  for (const [id] of ofIssuer) await once.claim(renewedMarker(before, id), now(), now() + markerLife);
}

/** After a sign-in for the session that is here. */
async function goOn(
  parts: CallbackParts,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
  transaction: Transaction & { intent: { kind: 'step-up' | 'connect' } },
  signIn: SignIn,
): Promise<FastifyReply> {
  const { tickets, sessions } = parts;
  const fresh = tickets.issue();
  const done = await carryOn(parts, {
    intent: transaction.intent,
    provider: transaction.provider,
    consent: transaction.consent,
    signIn,
    here: tickets.readHere(request.headers) ?? transaction.replaces ?? undefined,
    fresh,
    device: parts.devices.seal(request.headers['user-agent']),
    requestId: request.id,
  });
  if (done.kind === 'done') {
    if (done.dropped && provider.settings.logout.revoke)
      parts.background(provider.revoke(revocable(done.dropped)));
    // Whoever ended it at the provider between the first look and now could not find it yet.
    if (await wasEndedMeanwhile(parts, signIn)) {
      const { idHash } = fresh.ticket;
      if (done.record.provider === transaction.provider) {
        await sessions.end(idHash, 'provider-logout', request.id);
        return signedOut(parts, provider, request, reply, transaction, signIn);
      }
      await sessions.connections.end(idHash, transaction.provider, 'provider-logout');
      if (provider.settings.logout.revoke) parts.background(provider.revoke(signIn.tokens));
    }
    reply.header('set-cookie', tickets.cookiesFor(fresh, secondsLeft(done.record, parts.now())));
    return leadTo(reply, provider, transaction.returnTo);
  }
  if (done.leftover && provider.settings.logout.revoke) parts.background(provider.revoke(signIn.tokens));
  return fail(parts, request, reply, done.problem, transaction);
}

function secondsLeft(record: { readonly expiresAt: number }, now: number): number {
  return Math.max(0, Math.floor((record.expiresAt - now) / 1_000));
}
