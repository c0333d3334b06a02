import { type Answer, type Send, send } from './http.ts';

/** Where a navigation ended: on a page, or at an address of another origin, which is not visited. */
export interface Page extends Answer {
  readonly url: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser without script: keeps cookies, follows redirects within one origin, fills in forms. */
export class Browser {
  readonly #cookies = new Map<string, Cookie>();

  /** Goes to an address. The answer has status 0 if a redirect left the origin; `url` says where to. */
  async open(url: string, options: Send = {}): Promise<Page> {
    let next = url;
    let how = options;
    for (let hops = 0; hops < 10; hops++) {
      const answer = await send(next, {
        ...how,
        headers: { cookie: this.#cookieHeader(next), ...how.headers },
      });
      this.#store(answer.headers['set-cookie'] ?? []);
      const { location } = answer.headers;
      if (location === undefined) return { ...answer, url: next };
      const target = new URL(location, next);
      if (target.origin !== new URL(url).origin)
        return { status: 0, headers: {}, body: '', url: target.href };
      next = target.href;
      how = {};
    }
    throw new Error(`too many redirects from ${url}`);
  }

  /** Posts the form of a page as a browser does, with its hidden fields. */
  async submit(
    page: Page,
    fields: Readonly<Record<string, string>> | [string, string][],
    headers: Send['headers'] = {},
  ): Promise<Page> {
    const { action, hidden } = formOf(page);
    const given = new URLSearchParams(fields);
    const kept = Object.entries(hidden).filter(([name]) => !given.has(name));
    return this.open(action, {
      method: 'POST',
      body: new URLSearchParams([...kept, ...given]),
      headers: { origin: new URL(page.url).origin, 'sec-fetch-site': 'same-origin', ...headers },
    });
  }

  #cookieHeader(url: string): string {
    const { pathname } = new URL(url);
    return [...this.#cookies]
      .filter(
        ([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  #store(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /; *path=([^;]+)/i.exec(line)?.[1] ?? '/';
      const expires = /; *expires=([^;]+)/i.exec(line)?.[1];
      const gone = expires !== undefined && Date.parse(expires) <= Date.now();
      if (gone) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path });
    }
  }
}

/** Where a page's form goes, and its hidden fields. */
export function formOf(page: Page): { action: string; hidden: Record<string, string> } {
  const form = /<form[^>]*>/.exec(page.body)?.[0];
  if (form === undefined) throw new Error(`no form on ${page.url}: ${page.status} ${page.body.slice(-800)}`);
  const inputs = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    action: new URL(/action="([^"]+)"/.exec(form)?.[1] ?? '', page.url).href,
    hidden: Object.fromEntries(inputs.map(([, name, value]) => [name, value])),
  };
}
