import type { Scheme } from './challenges.ts';
import { headerValues } from './headers.ts';

/** What the Authorization header of a request holds. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'malformed'; readonly scheme: Scheme }
  | { readonly kind: 'token'; readonly scheme: Scheme; readonly token: string };

// The scheme in any case (RFC 9110 §11.1), then the token68 of RFC 6750 §2.1 and RFC 9449 §7.1.
const parts = /^([A-Za-z]+)(?: +([A-Za-z0-9\-._~+/]+=*))?$/;

/**
 * Reads the access token of a request. Only the Authorization header counts: tokens in the query or in a form body
 * end up in logs and histories (RFC 9700 §4.3.2), so RFC 6750 §2.2 and §2.3 are not offered.
 *
 * @param rawHeaders names and values in turn, as Node received them
 * @param schemes those that are taken; any other is no credentials
 */
export function readCredentials(rawHeaders: readonly string[], schemes: readonly Scheme[]): Credentials {
  const values = headerValues(rawHeaders, 'authorization');
  const [value] = values;
  if (value === undefined) return { kind: 'none' };
  if (values.length > 1) return { kind: 'repeated' };
  const name = value.split(' ', 1)[0]?.toLowerCase();
  const scheme = schemes.find((known) => known.toLowerCase() === name);
  if (scheme === undefined) return { kind: 'none' };
  const token = parts.exec(value)?.[2];
  return token === undefined ? { kind: 'malformed', scheme } : { kind: 'token', scheme, token };
}
