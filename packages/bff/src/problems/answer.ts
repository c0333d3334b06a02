import { headerNames, type ProblemDetails } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageContentSecurityPolicy, renderPage } from '../web/page.ts';
import { type Problem, problemRegistry } from './registry.ts';

/** The JSON body of a problem (RFC 9457 §3). */
export function problemDetails(problem: Problem, requestId?: string): ProblemDetails {
  const { title, detail } = problemRegistry[problem.code];
  return {
    type: `urn:coatcheck:problem:${problem.code}`,
    title,
    status: statusOf(problem),
    code: problem.code,
    detail,
    ...(problem.reason === undefined ? {} : { reason: problem.reason }),
    ...problem.remedy,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The headers that every failed answer of the BFF carries, whatever its form. */
export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    [headerNames.problem]: problem.code,
    'cache-control': 'no-store',
    ...(problem.retryAfter === undefined ? {} : { 'retry-after': String(problem.retryAfter) }),
    ...(problem.allow === undefined ? {} : { allow: problem.allow.join(', ') }),
  };
}

/**
 * Answers with a problem: a page for a navigation, problem+json for everything else.
 *
 * @param tryAgain where the page's first link leads
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  tryAgain?: string,
): FastifyReply {
  const { title, detail } = problemRegistry[problem.code];
  const status = statusOf(problem);
  request.log[status >= 500 ? 'warn' : 'info'](
    { event: 'problem', code: problem.code, reason: problem.reason, detail: problem.privateDetail },
    title,
  );
  reply.code(status).headers(problemHeaders(problem));
  if (!isNavigation(request)) {
    return reply
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemDetails(problem, request.id)));
  }
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', pageContentSecurityPolicy)
    .send(
      renderPage({
        title,
        text: detail,
        links: [
          ...(tryAgain === undefined ? [] : [{ href: tryAgain, label: 'Try again' }]),
          { href: '/', label: 'Home' },
        ],
        footnotes: [`Code: ${problem.code}`, `Request: ${request.id}`],
      }),
    );
}

function statusOf({ code, status }: Problem): number {
  return status ?? problemRegistry[code].status;
}

/** Whether a person will look at the answer: a navigation by Fetch Metadata, or where that is missing, by `Accept`. */
export function isNavigation(request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return request.headers.accept?.split(',')[0]?.trim().startsWith('text/html') ?? false;
}
