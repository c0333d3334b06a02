import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import type { Problem } from '../problems/registry.ts';
import type { Provider } from '../provider/provider.ts';
import { newDpopKey } from '../session/dpop-key.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Tickets } from '../ticket/ticket.ts';
import { problemFor } from './failure-problem.ts';
import type { Intent, Transaction, Transactions } from './transaction.ts';

/** What signing in needs of its surroundings. */
export interface LoginParts {
  readonly settings: Settings;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly transactions: Transactions;
  readonly tickets: Tickets;
  readonly sessions: SessionManager;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A sign-in that is about to start. */
export interface Errand {
  readonly provider: Provider;
  readonly intent: Intent;
  readonly returnTo: string;
  readonly errorsReturn: boolean;
  readonly scopes: readonly string[];
  /** Name of the set of scopes that is asked for besides; null for none. */
  readonly consent: string | null;
  /** Allow-listed parameters of the authorization request. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Where the browser goes, and the cookies by which it is known again; or why it goes nowhere. */
export type SentAway =
  | { readonly ok: true; readonly url: URL; readonly cookies: string[] }
  | { readonly ok: false; readonly problem: Problem };

/** Remembers a sign-in and asks the provider for the address at which it starts. */
export async function sendAway(
  parts: LoginParts,
  request: FastifyRequest,
  errand: Errand,
): Promise<SentAway> {
  const { settings, now, tickets, transactions, audit } = parts;
  const { provider, scopes, consent, extra, intent, returnTo, errorsReturn } = errand;
  const { id, responseMode, authorizationParameters } = provider.settings;
  // What the operator fixed wins, and is checked in the answer like what the browser asked for.
  const asked: Partial<Record<string, string>> = { ...extra, ...authorizationParameters };
  const byPost = responseMode === 'form_post';
  const transaction: Transaction = {
    state: unguessable(),
    nonce: unguessable(),
    codeVerifier: unguessable(),
    dpopKey: provider.settings.dpop === 'never' ? null : newDpopKey(),
    provider: id,
    returnTo,
    errorsReturn,
    maxAge: asked.max_age === undefined ? null : Number(asked.max_age),
    acrValues: asked.acr_values?.split(' ').filter(Boolean) ?? [],
    intent,
    consent,
    replaces: byPost ? (tickets.readHere(request.headers) ?? null) : null,
    startedAt: now(),
  };
  const url = await provider.authorizationUrl({
    redirectUri: redirectUri(settings, id),
    scopes,
    state: transaction.state,
    nonce: transaction.nonce,
    codeVerifier: transaction.codeVerifier,
    dpopKey: transaction.dpopKey,
    extra,
  });
  if (!url.ok) {
    const problem = problemFor(url.failure);
    const { detail } = url.failure;
    audit({ event: 'login.failed', provider: id, code: problem.code, detail }, request.id);
    return { ok: false, problem };
  }
  audit({ event: 'login.started', provider: id }, request.id);
  const cookies = transactions.begin(request.headers, transaction, byPost ? 'none' : 'lax');
  return { ok: true, url: url.value, cookies };
}

/** The redirect URI of a provider: its own, so that answers cannot be mixed up (RFC 9700 §4.4.2.2). */
export function redirectUri(settings: Settings, provider: string): string {
  return `${settings.publicUrl.origin}${settings.paths.callback}/${provider}`;
}

/** 256 random bits, which also make a code verifier of 43 characters (RFC 7636 §4.1). */
function unguessable(): string {
  return randomBytes(32).toString('base64url');
}
