import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './answer.ts';
import { CoatcheckError, type Problem } from './registry.ts';

const byFastifyCode: Readonly<Record<string, Problem['code']>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_NOT_FOUND: 'not_found',
};

/** What an error that was thrown is answered with. Expected failures are values and never come here. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CoatcheckError) return error.problem;
  const { code, statusCode } = error instanceof Error ? (error as Partial<FastifyError>) : {};
  if (code === 'store_unavailable') return { code, retryAfter: 2 };
  const known = byFastifyCode[code ?? ''];
  if (known) return { code: known };
  return { code: statusCode !== undefined && statusCode < 500 ? 'malformed_request' : 'internal_error' };
}

/** Fastify's error handler: the problem goes out, the rest to the log. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.code === 'internal_error' || problem.code === 'store_unavailable')
    request.log.error({ err: error }, 'request failed');
  return sendProblem(request, reply, problem);
}
