import type { IncomingHttpHeaders } from 'node:http';

/** A request as the routes of an emulator see it. */
export interface Call {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** What was posted: a form, or the members of a flat JSON object. */
  readonly form: URLSearchParams;
  /** The named groups of the route's path. */
  readonly params: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What answers one path. */
export interface Route {
  readonly methods: readonly string[];
  /** Matched against the whole path. */
  readonly path: RegExp;
  readonly answer: (call: Call) => Answer | Promise<Answer>;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function pageAnswer(
  status: number,
  markup: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body: markup };
}

/** A redirect that the browser follows by GET. */
export function redirectTo(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, headers: { Location: location, ...headers }, body: '' };
}

/** A redirect URI with parameters added; what is undefined is left out. */
export function withParameters(
  uri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** The token of an Authorization header of one of these schemes. */
export function authorizationToken(call: Call, schemes: readonly string[] = ['bearer']): string | undefined {
  const [scheme = '', token] = call.headers.authorization?.split(' ') ?? [];
  return schemes.includes(scheme.toLowerCase()) ? token : undefined;
}
