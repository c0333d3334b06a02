import type { FastifyRequest } from 'fastify';
import type { ResponseMode } from '../options/provider/authorization.ts';
import { jwtPart } from '../web/jwt-part.ts';
import { formText, readForm, readQuery } from '../web/query.ts';

const names = ['code', 'state', 'iss', 'error', 'user', 'access_token', 'id_token', 'response'] as const;

/** What a provider sends back through the browser (RFC 6749 §4.1.2). Nothing of it is believed yet. */
export interface AuthorizationAnswer {
  /** In the query, or posted as a form (OAuth 2.0 Form Post Response Mode §2). */
  readonly by: 'query' | 'form';
  readonly parameters: Partial<Record<(typeof names)[number], string>>;
  /** Which sign-in it is for; the provider's signature of it is checked when the code is redeemed. */
  readonly state: string | undefined;
}

/** @returns undefined where a parameter is repeated or malformed */
export function readAnswer(request: FastifyRequest): AuthorizationAnswer | undefined {
  const by = request.method === 'POST' ? 'form' : 'query';
  const text = by === 'form' ? formText(request.body) : undefined;
  const parameters = text === undefined ? readQuery(request.raw.url ?? '', names) : readForm(text, names);
  if (!parameters || (by === 'form' && text === undefined)) return undefined;
  const { response, state } = parameters;
  return { by, parameters, state: response === undefined || state !== undefined ? state : stateIn(response) };
}

/** What is wrong with the form of an answer, whoever sent it. @returns null if nothing is */
export function answerFault(answer: AuthorizationAnswer, mode: ResponseMode): string | null {
  const { code, error, access_token: accessToken, id_token: idToken, response } = answer.parameters;
  // Tokens in the front channel are never taken (RFC 9700 §2.1.2).
  if (accessToken !== undefined || idToken !== undefined) return 'a token in the front channel';
  if (mode === 'jwt') {
    // Beside a signed answer nothing counts, and an unsigned one is none (JARM §2.4).
    return response && code === undefined && error === undefined
      ? null
      : 'no signed answer, or more than that';
  }
  if ((mode === 'form_post') !== (answer.by === 'form')) return `an answer by ${answer.by}`;
  return !code === !error ? 'neither code nor error, or both' : null;
}

/** The answer as a URL with a query, for whoever checks it. @param redirectUri where it came to */
export function answerUrl(redirectUri: string, answer: AuthorizationAnswer, mode: ResponseMode): URL {
  const url = new URL(redirectUri);
  const wanted =
    mode === 'jwt' ? (['response'] as const) : (['code', 'state', 'iss', 'error', 'user'] as const);
  for (const name of wanted) {
    const value = answer.parameters[name];
    if (value) url.searchParams.set(name, value);
  }
  return url;
}

/** The `state` in a signed answer, unchecked: it only finds the sign-in whose check follows. */
function stateIn(response: string): string | undefined {
  const state = jwtPart(response.split('.')[1] ?? '')?.state;
  return typeof state === 'string' ? state : undefined;
}
