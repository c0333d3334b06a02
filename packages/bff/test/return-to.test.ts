import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReturnTo, withParameter } from '../src/web/return-to.ts';

const origin = 'https://app.example';
const read = (value: string) => readReturnTo(value, origin, '/bff');

describe('return address', () => {
  it.each([
    '/',
    '/orders?id=7#x',
    '/a/b/',
    '/search?q=%2F%2Fevil.example',
    '/x@evil.example',
    '/a?next=https://evil.example',
  ])('BFF-LOGIN-06: keeps %s as it is', (value) => expect(read(value)).toBe(value));

  it('BFF-LOGIN-05: never leads away from the origin, whatever is thrown at it', () => {
    const nasty = fc.stringMatching(/^[/\\%@:.?#\t\n\r a-z0-9]{0,24}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          fc.string(),
          fc.webUrl(),
          nasty.map((text) => `/${text}`),
        ),
        (value) => {
          const found = read(value);
          if (found === undefined) return;
          expect(new URL(found, origin).origin).toBe(origin);
          expect(found).toMatch(/^\/(?![/\\])/);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('does not lead back into our own routes', () => {
    expect(read('/bff/login')).toBeUndefined();
    expect(read('/bff')).toBeUndefined();
    expect(read('/x/../bff/logout')).toBeUndefined();
    expect(read('/bffs')).toBe('/bffs');
  });

  it('takes at most 1,024 bytes', () => {
    expect(read(`/${'a'.repeat(1_023)}`)).toBeDefined();
    expect(read(`/${'a'.repeat(1_024)}`)).toBeUndefined();
    expect(read(`/${'€'.repeat(342)}`)).toBeUndefined();
  });

  it('adds a parameter before the fragment', () => {
    expect(withParameter('/a?b=1#c', 'login_error', 'access_denied')).toBe(
      '/a?b=1&login_error=access_denied#c',
    );
  });
});
