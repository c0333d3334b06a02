import { cookieNames, pathsUnder } from '@coatcheck/protocol';
import { type Dispatcher, request } from 'undici';

/** Somebody who is signed in: what their browser sends. */
export interface SignedIn {
  readonly cookie: string;
}

/** One browser after the other at one instance, over connections that stay open. */
export interface BrowserOptions {
  readonly dispatcher: Dispatcher;
  /** Origin of the instance. */
  readonly at: string;
  /** Origin that all instances share, which `Host` names. */
  readonly publicUrl: string;
}

/**
 * Signs in: the login page, the authorization server, which signs everybody in at once, and back.
 *
 * @throws if one of the steps does not redirect
 */
export async function signIn({ dispatcher, at, publicUrl }: BrowserOptions): Promise<SignedIn> {
  const { host } = new URL(publicUrl);
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', host };
  const start = await request(`${at}${pathsUnder().login}`, {
    dispatcher,
    headers: { ...navigation, 'sec-fetch-site': 'none' },
  });
  const before = cookiesOf(start);
  const back = await redirectOf(
    'authorize',
    await request(await redirectOf('login', start), { dispatcher, headers: { accept: 'text/html' } }),
  );
  const { pathname, search } = new URL(back);
  const callback = await request(`${at}${pathname}${search}`, {
    dispatcher,
    headers: { ...navigation, 'sec-fetch-site': 'cross-site', cookie: before.join('; ') },
  });
  await redirectOf('callback', callback);
  const ticket = cookiesOf(callback).find((cookie) => cookie.startsWith(`${cookieNames().ticket}=`));
  if (ticket === undefined) throw new Error('signing in failed: no ticket');
  return { cookie: ticket };
}

/** A call from the page. @returns its status */
export async function call(
  { dispatcher, at, publicUrl }: BrowserOptions,
  { cookie }: SignedIn,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<number> {
  const { host, origin } = new URL(publicUrl);
  const { statusCode, body } = await request(`${at}${path}`, {
    dispatcher,
    method,
    headers: {
      host,
      cookie,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      ...(method === 'POST' ? { origin } : {}),
    },
  });
  await body.dump();
  return statusCode;
}

function cookiesOf({ headers }: Dispatcher.ResponseData): string[] {
  return [headers['set-cookie'] ?? []].flat().map((line) => line.split(';', 1)[0] ?? '');
}

async function redirectOf(
  step: string,
  { headers, body, statusCode }: Dispatcher.ResponseData,
): Promise<string> {
  const { location } = headers;
  if (typeof location === 'string') {
    await body.dump();
    return location;
  }
  throw new Error(`signing in failed: ${step} answered ${statusCode}: ${(await body.text()).slice(0, 500)}`);
}
