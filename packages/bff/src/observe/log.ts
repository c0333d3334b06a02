import type { FastifyServerOptions } from 'fastify';

/** Query parameters whose values may be logged; everything else could be a code, a state or personal. */
const loggedQueryNames = new Set(['provider', 'prompt', 'on_error', 'error']);

const redactedPaths = [
  'req.headers.cookie',
  'req.headers.authorization',
  'res.headers["set-cookie"]',
  ...[
    'access_token',
    'refresh_token',
    'id_token',
    'client_secret',
    'code_verifier',
    'code',
    'logout_token',
  ].map((name) => `*.${name}`),
];

/**
 * Logger options for a Fastify instance that runs the plugin. Fastify's own serializer logs the whole URL, and so the
 * authorization code; this one logs the path and allow-listed query names, and redacts as a second net.
 *
 * @param level pino level
 */
export function loggerOptions(level: string): Exclude<FastifyServerOptions['logger'], boolean | undefined> {
  return {
    level,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    serializers: {
      req: (request) => ({ method: request.method, path: loggedUrl(request.url), remoteAddress: request.ip }),
      res: (reply) => ({ statusCode: reply.statusCode }),
      err: loggedError,
    },
  };
}

/** A URL as it may be logged: the path, and of the query what is harmless. */
export function loggedUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  if (query === undefined) return path.slice(0, 256);
  const kept = [...new URLSearchParams(query)].filter(([name]) => loggedQueryNames.has(name));
  const rest = kept.map(([name, value]) => `${name}=${encodeURIComponent(value.slice(0, 64))}`).join('&');
  return rest === '' ? path.slice(0, 256) : `${path.slice(0, 256)}?${rest}`;
}

/** An error as it may be logged: its stack and codes, but not the bodies and parameters that some libraries attach. */
export function loggedError(error: Error & { code?: unknown }): {
  type: string;
  message: string;
  stack: string;
  code?: string;
  cause?: string;
} {
  const cause = error.cause;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack ?? '',
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
    ...(cause instanceof Error ? { cause: `${cause.name}: ${cause.message}` } : {}),
  };
}
