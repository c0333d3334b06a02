import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { userHeader } from './endpoints/authorize.ts';
import type { User } from './settings.ts';

/** How `authorize` signs in. */
export interface AuthorizeOptions {
  /** Who signs in, for this time only; members are laid over the configured user. */
  user?: Partial<User>;
  /** Further request headers. */
  headers?: Record<string, string>;
}

/** What the browser would be told to do next. */
export type AuthorizeResult =
  | { kind: 'redirect'; url: string }
  | { kind: 'form'; action: string; form: URLSearchParams }
  | { kind: 'page'; status: number; html: string };

/** Opens an authorization URL as a browser would, without following anything. */
export async function openAuthorizationUrl(
  url: string,
  options: AuthorizeOptions = {},
): Promise<AuthorizeResult> {
  const headers: Record<string, string> = {
    accept: 'text/html',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-site': 'cross-site',
    ...options.headers,
  };
  if (options.user) headers[userHeader] = Buffer.from(JSON.stringify(options.user)).toString('base64url');
  const { status, location, body } = await get(url, headers);
  if (location !== undefined) return { kind: 'redirect', url: new URL(location, url).href };
  const action = /<form method="post" action="([^"]*)">/.exec(body)?.[1];
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  if (
    status === 200 &&
    action !== undefined &&
    inputs.some(([, name]) => name === 'code' || name === 'error')
  ) {
    const members = inputs.map(([, name = '', value = '']): [string, string] => [
      decodeHtml(name),
      decodeHtml(value),
    ]);
    return { kind: 'form', action: decodeHtml(action), form: new URLSearchParams(members) };
  }
  return { kind: 'page', status, html: body };
}

function get(url: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    location: string | undefined;
    body: string;
  }>();
  // A test certificate need not be trusted here: the browser that this stands for would have been told to.
  const request = url.startsWith('https:')
    ? httpsRequest(url, { headers, rejectUnauthorized: false, agent: false })
    : httpRequest(url, { headers, agent: false });
  request.on('error', reject);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('error', reject);
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location, body });
    });
  });
  request.end();
  return promise;
}

function decodeHtml(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
