/** What a route says about the paths it forwards. */
export interface PathRule {
  /** The public prefix, without a trailing slash, for example `/api`. Must stand literally in the target. */
  readonly prefix: string;
  /** What takes the prefix's place at the upstream, without a trailing slash; `''` for its root. */
  readonly upstreamPath: string;
  /** Whether `%2F` may cross: some APIs carry it inside one segment, others would read it as a separator. */
  readonly encodedSlash: 'refuse' | 'pass';
}

export type ResolvedTarget =
  /** Path and query for the upstream. */
  | { readonly kind: 'ok'; readonly path: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'ambiguous' };

/**
 * Maps a request target to the upstream's, byte for byte behind the prefix. Nothing is normalised, since every
 * normalisation that a client can predict is a way round the prefix; what two servers could read in two ways is
 * `ambiguous` instead (RFC 3986 §3.3, §5.2.4, §6.2.2). The query is not looked at.
 *
 * @param rawTarget the target as it was sent, in origin form
 */
export function resolveTarget(rawTarget: string, route: PathRule): ResolvedTarget {
  const queryAt = rawTarget.indexOf('?');
  const path = queryAt === -1 ? rawTarget : rawTarget.slice(0, queryAt);
  if (!path.startsWith(route.prefix)) return { kind: 'not_found' };
  const rest = path.slice(route.prefix.length);
  if (rest !== '' && rest[0] !== '/') return { kind: 'not_found' };
  if (/[^\x21-\x7e]|#/.test(rawTarget)) return { kind: 'ambiguous' };
  if (needsALook.test(rest) && isAmbiguous(rest, route.encodedSlash)) return { kind: 'ambiguous' };
  const query = queryAt === -1 ? '' : rawTarget.slice(queryAt);
  return { kind: 'ok', path: (route.upstreamPath + rest || '/') + query };
}

const needsALook = /[%\\;]|\/[./]/;
/** NUL ends a path early, and line breaks a line of the request that a careless server makes of it. */
const backslashOrControl = /[\\\0\r\n]/;
const incompleteEscape = /%(?![0-9a-f]{2})/i;
const escapedSlash = /%(?:25)*2f/i;
/** Lead bytes of UTF-8 forms longer than needed or possible (RFC 3629 §3): `%c0%ae` is a dot to a lax decoder. */
const overlongUtf8 = /%c[01]|%e0%[89]|%f0%8|%f[89a-f]/i;

/** Nobody escapes more often than this; a path that still changes wants to be read differently by somebody. */
const maxDecodings = 5;

function isAmbiguous(path: string, encodedSlash: PathRule['encodedSlash']): boolean {
  if (path.includes('//') || incompleteEscape.test(path)) return true;
  if (encodedSlash === 'refuse' && escapedSlash.test(path)) return true;
  let decoded = path;
  for (let i = 0; i <= maxDecodings; i++) {
    if (backslashOrControl.test(decoded) || overlongUtf8.test(decoded)) return true;
    if (decoded.split('/').some(isDotSegment)) return true;
    const next = decoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (next === decoded) return false;
    decoded = next;
  }
  return true;
}

/** Servers that know path parameters cut `..;x` to `..`, and `;x` to nothing; others drop spaces at the end. */
function isDotSegment(segment: string): boolean {
  const parts = segment.split(';');
  if (parts.length > 1 && parts[0] === '') return true;
  return parts.some((part) => /^\s*\.\.?\s*$/.test(part));
}
