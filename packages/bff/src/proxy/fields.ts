/** A field name (RFC 9110 §5.1): a token. */
export const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A field value (RFC 9110 §5.5): without CR, LF, NUL and the other controls. */
export const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

const nothing: ReadonlySet<string> = new Set();

/**
 * The field names that `Connection` declares hop-by-hop (RFC 9110 §7.6.1), lower case.
 *
 * @param rawHeaders names and values in turn, as `node:http` reports them
 */
export function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> {
  let named: Set<string> | null = null;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = (rawHeaders[i + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    named ??= new Set();
    for (const option of value.split(',')) named.add(option.trim());
  }
  return named ?? nothing;
}
