import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

const problems = {
  invalid_input: {
    status: 400,
    title: 'Bad Request',
    detail: 'Some fields are not as they must be; errors lists them.',
  },
  malformed_request: { status: 400, title: 'Bad Request', detail: 'The request cannot be read.' },
  token_expired: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The access token counts as expired since its owner wished so.',
  },
  not_found: { status: 404, title: 'Not Found', detail: 'There is no such thing, or it is not yours.' },
  payload_too_large: { status: 413, title: 'Content Too Large', detail: 'The body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported Media Type',
    detail: 'Send application/json.',
  },
  internal_error: { status: 500, title: 'Internal Server Error', detail: 'Something broke here. Try again.' },
} as const;

/** Codes of the answers that the API itself makes; those of @coatcheck/resource-server stand beside them. */
export type ApiProblemCode = keyof typeof problems;

/** A field that was refused, and why. `field` is a path such as `title`, or empty for the whole. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(reply: FastifyReply, code: ApiProblemCode, errors?: FieldError[]): FastifyReply {
  const { status, title, detail } = problems[code];
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, code, detail, errors }));
}

/** Makes every failure of the app a problem; what was behind a 500 goes to the log only. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found'));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error.validation) return sendProblem(reply, 'invalid_input', fieldErrors(error));
    const code = codeFor(error.statusCode ?? 500);
    if (code === 'internal_error') request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, code);
  });
}

function codeFor(status: number): ApiProblemCode {
  if (status === 404) return 'not_found';
  if (status === 413) return 'payload_too_large';
  if (status === 415) return 'unsupported_media_type';
  return status >= 400 && status < 500 ? 'malformed_request' : 'internal_error';
}

function fieldErrors(error: FastifyError): FieldError[] {
  return (error.validation ?? []).flatMap(({ instancePath, message, params }) => {
    const parent = instancePath.slice(1).replaceAll('/', '.');
    // TypeBox reports missing and unknown members at the object that should, or should not, hold them.
    const members = [params.requiredProperties, params.additionalProperties].flat().filter(isText);
    const fields =
      members.length === 0 ? [parent] : members.map((name) => (parent ? `${parent}.${name}` : name));
    return fields.map((field) => ({ field, detail: message ?? 'is not valid' }));
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
