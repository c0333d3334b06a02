/** What the Authorization header of a request holds. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'bearer'; readonly token: string };

// The scheme in any case (RFC 9110 §11.1), then the token68 of RFC 6750 §2.1.
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Reads the bearer token of a request. Only the Authorization header counts: tokens in the query or in a form body
 * end up in logs and histories (RFC 9700 §4.3.2), so RFC 6750 §2.2 and §2.3 are not offered.
 *
 * @param rawHeaders names and values in turn, as Node received them: of two Authorization headers, Node's `headers`
 *   keeps the first without a word, and a proxy in front may have checked the other one
 */
export function readCredentials(rawHeaders: readonly string[]): Credentials {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  const [value] = values;
  if (value === undefined) return { kind: 'none' };
  if (values.length > 1) return { kind: 'repeated' };
  if (!/^bearer(?: |$)/i.test(value)) return { kind: 'none' };
  const token = bearer.exec(value)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'bearer', token };
}
