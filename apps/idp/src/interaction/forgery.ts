import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a form may have been posted by a page of ours, as far as the browser says. Clients that say nothing are
 * let through: they still need the form's token.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return headers.origin === undefined || headers.origin === origin;
}

/**
 * The token in the forms of one interaction. Whoever knows it must have read a page that only the browser with the
 * interaction's cookie gets.
 *
 * @param interactionId stands in the signed interaction cookie
 */
export function formToken(key: Buffer, interactionId: string): string {
  return createHmac('sha256', key).update(interactionId).digest('base64url');
}

/** Compares in constant time. */
export function isFormToken(key: Buffer, interactionId: string, token: string | null): boolean {
  const expected = Buffer.from(formToken(key, interactionId));
  const actual = Buffer.from(token ?? '');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
