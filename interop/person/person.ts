import { createJar, type Jar, type JarResponse } from '@coatcheck/testing';
import { type Form, formsIn } from './forms.ts';

/** Somebody at a server's own pages. */
export interface Person {
  /** How often the server asked for the password. */
  readonly passwordsTyped: number;
  /** What the server's pages had opened in frames, in the order in which they were seen; nothing is loaded. */
  readonly frames: readonly string[];
  /** Opens an authorization URL and signs in. @returns the callback, not opened yet */
  signIn(authorizationUrl: string): Promise<string>;
  /** Opens an end-session URL and confirms. @returns where the browser is sent, or the HTML of the last page */
  signOut(endSessionUrl: string): Promise<string>;
}

/** What to do on a page: what is typed into one of its forms. */
export type Answer = { readonly form: Form; readonly fields: Readonly<Record<string, string>> };

const longestWay = 20;

/**
 * Follows redirects and fills in forms within one origin, as a browser would.
 *
 * @param answer decides what to do on a page; undefined stops there
 * @returns the first URL outside, or the HTML of the page where it stopped
 */
export async function walk(
  jar: Jar,
  start: string,
  answer: (forms: readonly Form[], html: string) => Answer | undefined,
): Promise<{ readonly left: string } | { readonly page: string }> {
  let response: JarResponse = await jar.navigate(start, { site: 'cross-site' });
  for (let step = 0; step < longestWay; step += 1) {
    if (response.location !== undefined) {
      if (new URL(response.location).origin !== jar.baseUrl) return { left: response.location };
      response = await jar.navigate(response.location, { site: 'same-origin' });
      continue;
    }
    const html = await response.text();
    if (response.status >= 400)
      throw new Error(`${response.url}: ${response.status} ${html.slice(0, 2_000)}`);
    const chosen = answer(formsIn(html, response.url), html);
    if (!chosen) return { page: html };
    const { form, fields } = chosen;
    const body = new URLSearchParams({ ...form.hidden, ...fields });
    response = await jar.navigate(form.action, { method: 'POST', body, site: 'same-origin' });
  }
  throw new Error(`the way from ${new URL(start).pathname} has no end`);
}

/** A browser at a server. */
export function browserAt(origin: string): Jar {
  return createJar(origin);
}
