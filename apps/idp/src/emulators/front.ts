import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isSameOrigin } from '../interaction/forgery.ts';
import type { Log } from '../log.ts';
import { securityHeaders, setHeaders } from '../web/headers.ts';
import { readBody } from '../web/read-body.ts';
import { type Answer, type Call, json, type Route } from './call.ts';

export interface FrontParts {
  readonly origin: string;
  readonly routes: readonly Route[];
  /** The pages' one style sheet. */
  readonly styles: string;
  /** Origins to which a form may lead: the apps'. */
  readonly formTargets: readonly string[];
  /** Where the pages post their forms, from this origin only. */
  readonly formPath: string;
  readonly log: Log;
}

const mostBytes = 16 * 1024;

/** What every request to an emulator meets first: the right host, the headers, and the route that answers. */
export function emulatorFront(parts: FrontParts): RequestListener {
  const { host } = new URL(parts.origin);
  const headers = securityHeaders(parts.formTargets, parts.styles);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setHeaders(response, headers);
    const path = (request.url ?? '/').replace(/[?#].*$/s, '');
    const answer =
      request.headers.host === host
        ? await answerOf(parts, request, path)
        : json(421, { error: `this server answers at ${parts.origin} only` });
    // Paths only: Facebook's calls have tokens and secrets in the query.
    parts.log('answered', { method: request.method, path, status: answer.status });
    response.writeHead(answer.status, answer.headers);
    response.end(request.method === 'HEAD' ? '' : answer.body);
  };

  return (request, response) => {
    handle(request, response).catch((cause: unknown) => {
      parts.log('server.error', { error: cause instanceof Error ? cause.message : String(cause) });
      if (response.headersSent) return response.destroy();
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end('{"error":"server_error"}');
    });
  };
}

async function answerOf(
  { routes, formPath, origin }: FrontParts,
  request: IncomingMessage,
  path: string,
): Promise<Answer> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const found = routes.filter((route) => route.path.test(path));
  const route = found.find(({ methods }) => methods.includes(method));
  if (route === undefined) return json(found.length > 0 ? 405 : 404, { error: 'not_found' });
  if (path === formPath && !isSameOrigin(request.headers, origin)) {
    return json(403, { error: 'the form came from another site; nothing was done' });
  }
  const body = method === 'GET' ? '' : await readBody(request, mostBytes);
  if (body === undefined) return json(413, { error: 'too_large' }, { Connection: 'close' });
  const call: Call = {
    method,
    headers: request.headers,
    query: new URL(request.url ?? '/', origin).searchParams,
    form: posted(request.headers['content-type'], body),
    params: { ...route.path.exec(path)?.groups },
  };
  return route.answer(call);
}

function posted(contentType: string | undefined, body: string): URLSearchParams {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(body);
  if (type !== 'application/json') return new URLSearchParams();
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return new URLSearchParams();
    return new URLSearchParams(Object.entries(value).filter((pair) => typeof pair[1] === 'string'));
  } catch {
    return new URLSearchParams();
  }
}
