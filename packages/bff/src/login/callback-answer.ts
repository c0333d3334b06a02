import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/answer.ts';
import type { Problem } from '../problems/registry.ts';
import type { Provider } from '../provider/provider.ts';
import { withParameter } from '../web/return-to.ts';
import type { LoginParts } from './send-away.ts';
import type { Transaction } from './transaction.ts';

type AnswerParts = Pick<LoginParts, 'settings' | 'providers' | 'tickets' | 'sessions' | 'audit'>;

/** Leads to a page of the app. It would inherit the fragment of the callback (RFC 9110 §10.2.2), unless it has one. */
export function leadTo(reply: FastifyReply, provider: Provider | undefined, location: string): FastifyReply {
  const inherits = provider?.settings.profile.appendsFragment === true && !location.includes('#');
  return reply.header('cache-control', 'no-store').redirect(inherits ? `${location}#` : location, 303);
}

/** A sign-in that failed at the provider: at the return address if the app asked for that, else as a page. */
export function fail(
  parts: AnswerParts,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  transaction: Transaction,
): FastifyReply {
  parts.audit(
    {
      event: 'login.failed',
      provider: transaction.provider,
      code: problem.code,
      ...(problem.privateDetail === undefined ? {} : { detail: problem.privateDetail }),
    },
    request.id,
  );
  if (transaction.errorsReturn) {
    const location = withParameter(transaction.returnTo, 'login_error', problem.code);
    return leadTo(reply, parts.providers.get(transaction.provider), location);
  }
  // With the same account it would be the same again.
  const another = problem.code === 'not_allowed' ? '&prompt=select_account' : '';
  return sendProblem(request, reply, problem, `${loginUrl(parts, transaction)}${another}`);
}

/** An answer that belongs to no sign-in of this browser: whoever is signed in already just goes home. */
export async function refuse(
  parts: AnswerParts,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  transaction: Transaction | undefined,
  provider: Provider | undefined,
): Promise<FastifyReply> {
  const stale =
    problem.code === 'unknown_login' ||
    problem.code === 'login_already_used' ||
    problem.code === 'login_expired';
  const here = stale ? parts.tickets.readHere(request.headers) : undefined;
  if (here !== undefined && (await parts.sessions.standing(here))) {
    return leadTo(reply, provider, '/');
  }
  parts.audit(
    { event: 'request.refused', code: problem.code, detail: problem.privateDetail ?? 'callback' },
    request.id,
  );
  return sendProblem(request, reply, problem, loginUrl(parts, transaction));
}

function loginUrl({ settings }: AnswerParts, transaction: Transaction | undefined): string {
  const query = new URLSearchParams(
    transaction ? { return_to: transaction.returnTo, provider: transaction.provider } : {},
  );
  return `${settings.paths.login}${query.size > 0 ? `?${query}` : ''}`;
}
