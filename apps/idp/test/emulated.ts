import { createHash, randomBytes } from 'node:crypto';
import type { EmulatedClient } from '../src/emulators/emulator.ts';
import { Browser, type Page } from './browser.ts';
import { type Answer, send } from './http.ts';

/** The BFF as it is registered with the emulated providers. */
export const app: EmulatedClient = {
  clientId: 'coatcheck-demo',
  clientSecret: 'a-secret-of-the-demo-app-0123456789',
  name: 'Coatcheck demo',
  redirectUris: ['http://localhost:3000/bff/callback/provider'],
};
export const [redirectUri = ''] = app.redirectUris;

/** A PKCE pair. */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Where the pages of a sign-in led: the callback's parameters, or a page that is the end. */
export interface Visit {
  readonly browser?: Browser;
  /** The login of the account to choose. */
  readonly account: string;
  readonly decision?: 'allow' | 'deny';
  /** Optional scopes that stay ticked; all by default. */
  readonly ticked?: readonly string[];
}

/** Opens an authorization request and goes through whatever pages come. Returns where that ends, and the pages. */
export async function visit(
  url: string,
  { browser = new Browser(), account, decision = 'allow', ticked }: Visit,
): Promise<{ end: Page; pages: readonly Page[]; params: URLSearchParams }> {
  const pages: Page[] = [];
  let page = await browser.open(url);
  while (page.status === 200 && page.body.includes('<form') && pages.length < 4) {
    pages.push(page);
    if (page.body.includes('name="account"')) {
      page = await browser.submit(page, { account });
    } else {
      const boxes = [...page.body.matchAll(/name="scope" value="([^"]+)"/g)].map(([, name = '']) => name);
      const scopes = boxes.filter((name) => ticked === undefined || ticked.includes(name));
      page = await browser.submit(page, [
        ['decision', decision],
        ...scopes.map((name): [string, string] => ['scope', name]),
      ]);
    }
  }
  const params = page.url.startsWith(redirectUri) ? new URL(page.url).searchParams : new URLSearchParams();
  return { end: page, pages, params };
}

/** Posts fields to a server's endpoint. */
export function post(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send(url, { method: 'POST', body: new URLSearchParams(fields), headers });
}

export function basic(client: EmulatedClient = app): { authorization: string } {
  const credentials = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

export function parse(answer: Answer) {
  return JSON.parse(answer.body);
}

/** A clock that a test moves. */
export function movingClock(): { now: () => number; pass(seconds: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pass(seconds) {
      ahead += seconds * 1000;
    },
  };
}
