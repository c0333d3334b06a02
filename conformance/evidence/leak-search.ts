import type { Canary, CanaryKind } from '@coatcheck/testing';

/** A credential that was found where it must not be. */
export interface Leak {
  readonly kind: CanaryKind;
  readonly encoding: 'plain' | 'base64' | 'hex';
  /** What stands before it, to find the place by. */
  readonly after: string;
}

/** This many characters of a credential are enough to know it by, and a log may have cut the rest. */
const telling = 24;

/**
 * Prepares a search for credentials: whole, by their start or end, by the claims or signature of a JWT, and each of
 * these in base64 and hex. Nothing here needs percent-encoding, so that form is the plain one.
 *
 * @throws RangeError when there is nothing to search for, which would prove nothing
 */
export function createLeakSearch(canaries: readonly Canary[]): (text: string | Uint8Array) => Leak[] {
  if (canaries.length === 0) throw new RangeError('no credential to search for');
  const needles = canaries.flatMap(({ kind, value, marker }) =>
    [...partsOf(value), ...(marker === undefined ? [] : [marker])].flatMap((part) => [
      ...endsOf(part).map((text) => ({ kind, encoding: 'plain' as const, text })),
      ...base64Of(part).map((text) => ({ kind, encoding: 'base64' as const, text })),
      { kind, encoding: 'hex' as const, text: Buffer.from(part).toString('hex') },
    ]),
  );
  const distinct = [...new Map(needles.map((needle) => [needle.text, needle])).values()];
  return (text) => {
    const haystack = typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    return distinct.flatMap(({ kind, encoding, text: needle }) => {
      const at = haystack.indexOf(needle);
      return at < 0 ? [] : [{ kind, encoding, after: haystack.slice(Math.max(0, at - 60), at) }];
    });
  };
}

/** A JWT's claims and signature, since its header is no secret, and an empty signature is none; else all of it. */
function partsOf(value: string): string[] {
  const [, ...parts] = value.startsWith('ey') ? value.split('.') : [];
  return parts.length === 2 ? parts.filter((part) => part.length >= telling) : [value];
}

function endsOf(part: string): string[] {
  return part.length <= telling ? [part] : [part.slice(0, telling), part.slice(-telling)];
}

/** In each of the three places that a text can have in a base64 stream, without the characters shared with others. */
function base64Of(part: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(part)]);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    const text = bytes.toString('base64').slice(start, end);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
