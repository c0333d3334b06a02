import type { FastifyReply } from 'fastify';
import { type ChallengeError, challengesOf, type Offer, type Scheme } from './challenges.ts';

const problems = {
  token_required: {
    status: 401,
    title: 'Unauthorized',
    detail: 'Send an access token in the Authorization header; WWW-Authenticate says by which scheme.',
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
  invalid_dpop_proof: {
    status: 401,
    title: 'Unauthorized',
    detail:
      'The DPoP proof is missing, repeated, used before or not made for this request. The log says which.',
  },
  use_dpop_nonce: {
    status: 401,
    title: 'Unauthorized',
    detail: 'Send the request again, with a DPoP proof that holds the nonce of the DPoP-Nonce header.',
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The user must sign in again for this operation; WWW-Authenticate says how.',
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
  replay_check_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'Whether the DPoP proof was used before cannot be said. Try again with a new one.',
  },
  introspection_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The authorization server cannot be asked about the access token. Try again.',
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

/** A refusal, and what its challenge says. */
export interface Refusal {
  readonly code: ProblemCode;
  /** The scheme that the request came with. */
  readonly scheme?: Scheme | undefined;
  /** Parameters of the challenge besides `error`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Seconds; with 503. */
  readonly retryAfter?: number;
}

/** Answers a request with a problem and, where one is due, challenges. Never with a token. */
export function sendProblem(reply: FastifyReply, offer: Offer, refusal: Refusal): FastifyReply {
  const { code, retryAfter } = refusal;
  const { status, title, detail } = problems[code];
  const body: ProblemDetails = { type: 'about:blank', title, status, code, detail };
  const challenges = challengesFor(offer, refusal);
  if (challenges !== undefined) reply.header('www-authenticate', challenges);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

function challengesFor(offer: Offer, { code, scheme, parameters }: Refusal): string | undefined {
  switch (code) {
    case 'token_required':
      return challengesOf(offer);
    case 'insufficient_role':
    case 'keys_unavailable':
    case 'introspection_unavailable':
    case 'replay_check_unavailable':
      return undefined;
    default: {
      const failure: ChallengeError = { error: code, scheme, ...(parameters && { parameters }) };
      return challengesOf(offer, failure);
    }
  }
}
