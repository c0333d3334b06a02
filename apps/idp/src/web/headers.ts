import type { ServerResponse } from 'node:http';
import { sourceOf, styles } from '../pages/styles.ts';

/**
 * The headers of every answer.
 *
 * @param formTargets the clients' origins: Chrome checks `form-action` also against the redirects that follow a post
 * @param sheet the one inline style sheet of the pages
 */
export function securityHeaders(
  formTargets: readonly string[],
  sheet: string = styles,
): ReadonlyMap<string, string> {
  const policy = [
    "default-src 'none'",
    // Empty, so nothing runs; the library adds the hash of its self-posting form where it sends one.
    'script-src',
    `style-src ${sourceOf(sheet)}`,
    "img-src 'self'",
    `form-action 'self' ${formTargets.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return new Map([
    ['Content-Security-Policy', policy.join('; ')],
    ['X-Frame-Options', 'DENY'],
    ['X-Content-Type-Options', 'nosniff'],
    // Not no-referrer: the browser would post our own forms with `Origin: null`.
    ['Referrer-Policy', 'same-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cache-Control', 'no-store'],
  ]);
}

export function setHeaders(response: ServerResponse, headers: ReadonlyMap<string, string>): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}
