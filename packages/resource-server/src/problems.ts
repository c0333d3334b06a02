import type { FastifyReply } from 'fastify';

const problems = {
  token_required: {
    status: 401,
    title: 'Unauthorized',
    detail: 'Send an access token: Authorization: Bearer <token>.',
  },
  invalid_request: {
    status: 400,
    title: 'Bad Request',
    detail: 'Send exactly one Authorization header.',
  },
  invalid_token: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The access token is expired, malformed or not meant for this API. The log says which.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Forbidden',
    detail: 'The access token lacks a scope that this operation needs; WWW-Authenticate lists them.',
  },
  insufficient_role: {
    status: 403,
    title: 'Forbidden',
    detail: 'The caller lacks a role that this operation needs.',
  },
  keys_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The keys to check the access token with cannot be had from the authorization server. Try again.',
  },
} as const;

/** Every code that an answer of the plugin can carry. */
export type ProblemCode = keyof typeof problems;

/** The list of {@link ProblemCode}, for documents and tests. */
export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

/** The body of a refusal, `application/problem+json` (RFC 9457). */
export interface ProblemDetails {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** What goes with a refusal besides its code. */
export interface RefusalContext {
  readonly realm: string;
  /** The scopes that the route needs; with `insufficient_scope`. */
  readonly scopes?: readonly string[];
  /** Seconds; with `keys_unavailable`. */
  readonly retryAfter?: number;
}

/** Answers a request with a problem and, where RFC 6750 §3 asks for one, a challenge. Never with a token. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, context: RefusalContext): FastifyReply {
  const { status, title, detail } = problems[code];
  const body: ProblemDetails = { type: 'about:blank', title, status, code, detail };
  const challenge = challengeFor(code, context);
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  if (context.retryAfter !== undefined) reply.header('retry-after', context.retryAfter);
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

/** The challenge of RFC 6750 §3: no error code where the request carried no credentials. */
function challengeFor(code: ProblemCode, { realm, scopes }: RefusalContext): string | undefined {
  const challenge = `Bearer realm="${realm}"`;
  switch (code) {
    case 'token_required':
      return challenge;
    case 'invalid_request':
    case 'invalid_token':
      return `${challenge}, error="${code}"`;
    case 'insufficient_scope':
      return `${challenge}, error="${code}", scope="${scopes?.join(' ') ?? ''}"`;
    case 'insufficient_role':
    case 'keys_unavailable':
      return undefined;
  }
}
