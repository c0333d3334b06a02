import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import type { Provider } from '../provider/provider.ts';
import { navigationRefusalOf } from '../ticket/guard.ts';
import type { Tickets } from '../ticket/ticket.ts';
import { readQuery } from '../web/query.ts';
import { readReturnTo, withParameter } from '../web/return-to.ts';
import { problemFor } from './failure-problem.ts';
import { countStart } from './loop-breaker.ts';
import type { Transaction, Transactions } from './transaction.ts';

/** What signing in needs of its surroundings. */
export interface LoginParts {
  readonly settings: Settings;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly transactions: Transactions;
  readonly tickets: Tickets;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the browser may ask for; nothing else of its query reaches the provider. */
const passedOn = ['prompt', 'login_hint', 'ui_locales', 'acr_values', 'max_age'] as const;
const longestParameter = 512;

/** `GET /bff/login`: remembers the transaction and sends the browser to the provider. */
export async function startLogin(
  parts: LoginParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { settings, now } = parts;
  const refusal = navigationRefusalOf(request.headers);
  if (refusal !== null)
    return sendProblem(request, reply, { code: 'navigation_required', privateDetail: refusal });

  const query = readQuery(request.raw.url ?? '', ['return_to', 'provider', 'on_error', ...passedOn]);
  if (!query) return sendProblem(request, reply, { code: 'invalid_parameter' });
  const returnTo = readReturnTo(query.return_to ?? '/', settings.publicUrl.origin, settings.basePath);
  if (returnTo === undefined) return sendProblem(request, reply, { code: 'invalid_return_to' });
  const provider = parts.providers.get(query.provider ?? settings.providers[0]?.id ?? '');
  if (!provider) return sendProblem(request, reply, { code: 'unknown_provider' });
  const extra = parametersFrom(query);
  if (!extra) return sendProblem(request, reply, { code: 'invalid_parameter' });

  const start = countStart(request.headers, settings.cookies.starts, now());
  reply.header('set-cookie', start.cookie);
  if (start.loop) return sendProblem(request, reply, { code: 'login_loop', retryAfter: 10 });

  // What the operator fixed wins, and is checked in the answer like what the browser asked for.
  const asked: Partial<Record<string, string>> = { ...extra, ...provider.settings.authorizationParameters };
  const byPost = provider.settings.responseMode === 'form_post';
  const transaction: Transaction = {
    state: unguessable(),
    nonce: unguessable(),
    codeVerifier: unguessable(),
    provider: provider.settings.id,
    returnTo,
    errorsReturn: query.on_error === 'return',
    maxAge: asked.max_age === undefined ? null : Number(asked.max_age),
    acrValues: asked.acr_values?.split(' ').filter(Boolean) ?? [],
    replaces: byPost ? (parts.tickets.readHere(request.headers) ?? null) : null,
    startedAt: now(),
  };
  const url = await provider.authorizationUrl({
    redirectUri: redirectUri(settings, provider.settings.id),
    state: transaction.state,
    nonce: transaction.nonce,
    codeVerifier: transaction.codeVerifier,
    extra,
  });
  if (!url.ok) {
    const problem = problemFor(url.failure);
    parts.audit(
      {
        event: 'login.failed',
        provider: provider.settings.id,
        code: problem.code,
        detail: url.failure.detail,
      },
      request.id,
    );
    if (query.on_error === 'return') {
      const location = withParameter(returnTo, 'login_error', problem.code);
      return reply.header('cache-control', 'no-store').redirect(location, 303);
    }
    return sendProblem(request, reply, problem, request.url);
  }
  parts.audit({ event: 'login.started', provider: provider.settings.id }, request.id);
  return reply
    .header('set-cookie', parts.transactions.begin(request.headers, transaction, byPost ? 'none' : 'lax'))
    .header('cache-control', 'no-store')
    .redirect(url.value.href, 302);
}

/** The redirect URI of a provider: its own, so that answers cannot be mixed up (RFC 9700 §4.4.2.2). */
export function redirectUri(settings: Settings, provider: string): string {
  return `${settings.publicUrl.origin}${settings.paths.callback}/${provider}`;
}

function parametersFrom(
  query: Partial<Record<string, string>>,
): (Partial<Record<(typeof passedOn)[number], string>> & Record<string, string>) | undefined {
  const found: Record<string, string> = {};
  for (const name of passedOn) {
    const value = query[name];
    if (value === undefined || value === '') continue;
    if (!/^[\x20-\x7e]+$/.test(value) || value.length > longestParameter) return undefined;
    found[name] = value;
  }
  if (found.max_age !== undefined && !/^\d{1,9}$/.test(found.max_age)) return undefined;
  return found;
}

/** 256 random bits, which also make a code verifier of 43 characters (RFC 7636 §4.1). */
function unguessable(): string {
  return randomBytes(32).toString('base64url');
}
