import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { messagePage, signInPage, styleSource } from './pages.ts';
import { type DevelopmentUser, subjectOf } from './users.ts';

export interface FrontDoorParts {
  readonly provider: Provider;
  readonly users: readonly DevelopmentUser[];
  /** The app's origin, where a form may lead. */
  readonly publicOrigin: string;
  readonly failed: (error: unknown) => void;
}

const interactionPath = /^\/interaction\/([\w-]{1,64})$/;
const mostBytes = 8 * 1024;

/** What every request meets first: the right host, the headers, the page of people, and behind them the protocol. */
export function frontDoor(parts: FrontDoorParts): RequestListener {
  const { provider, publicOrigin } = parts;
  const issuer = new URL(provider.issuer);
  const protocol = provider.callback();
  const headers = new Map([
    [
      'content-security-policy',
      `default-src 'none'; script-src; style-src ${styleSource}; form-action 'self' ${publicOrigin}; frame-ancestors 'none'; base-uri 'none'`,
    ],
    ['x-content-type-options', 'nosniff'],
    // Not no-referrer: the browser would post our own forms with `Origin: null`.
    ['referrer-policy', 'same-origin'],
    ['cache-control', 'no-store'],
  ]);

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeaders(headers);
    // A page of another site whose name points to this machine (DNS rebinding) sends its own host.
    if (request.headers.host !== issuer.host) {
      return send(
        response,
        421,
        messagePage('Wrong address', `This server answers at ${issuer.origin} only.`),
      );
    }
    const path = (request.url ?? '/').replace(/[?#].*$/s, '');
    const isForm = request.method === 'POST' && (interactionPath.test(path) || path.startsWith('/session/'));
    if (isForm && !isSameOrigin(request, issuer.origin)) {
      return send(response, 403, messagePage('Refused', 'The form came from another site.'));
    }
    if (interactionPath.test(path)) return interact(parts, request, response);
    await protocol(request, response);
  };

  return (request, response) => {
    route(request, response).catch((error: unknown) => {
      parts.failed(error);
      if (response.headersSent) response.destroy();
      else send(response, 500, messagePage('Something went wrong', 'The terminal of Vite says what.'));
    });
  };
}

/** Shows who can sign in, and takes the answer. Nobody is asked for consent. */
async function interact(
  { provider, users }: FrontDoorParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { prompt } = await provider.interactionDetails(request, response);
    if (prompt.name === 'consent') {
      return await provider.interactionFinished(
        request,
        response,
        { consent: {} },
        { mergeWithLastSubmission: true },
      );
    }
    if (request.method !== 'POST') return send(response, 200, signInPage(users, request.url ?? ''));
    const sub = (await readForm(request)).get('sub');
    const user = users.find((one) => subjectOf(one) === sub);
    const result = user
      ? { login: { accountId: subjectOf(user), amr: ['user'] } }
      : { error: 'access_denied', error_description: 'the person cancelled' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    const text = 'It took too long, or it belongs to another browser. Start again from the app.';
    send(response, 400, messagePage('This sign-in has ended', text));
  }
}

function isSameOrigin({ headers }: IncomingMessage, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return headers.origin === undefined || headers.origin === origin;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > mostBytes) return new URLSearchParams();
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, page: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(page);
}
