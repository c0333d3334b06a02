import type { Socket } from 'node:net';

/**
 * The normal form in which `htu` and the request's URI are compared (RFC 9449 §4.3, by RFC 3986 §6.2.2 and §6.2.3):
 * without query and fragment, scheme and host in lower case, no default port, percent-encoding only where it is due.
 *
 * @returns undefined for what is no http or https URI, or names a user
 */
export function normalUri(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(text);
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '') return undefined;
  return `${protocol}//${host}${pathname.replace(/%[\da-f]{2}/gi, plainOrUpper)}`;
}

/** RFC 3986 §6.2.2.2: letters, digits and `-._~` need no encoding; what stays encoded is upper case. */
function plainOrUpper(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
}

// Dot segments and backslashes: a URL parser reads another path out of them than a router does.
const ambiguous = /\\|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Where a request may have been sent, as `normalUri()` writes it. The Host header has no say: whoever got a proof for
 * another server could name that one.
 *
 * @param target of the request line; none but the origin form with a plain path counts
 * @param bases the public URLs of this API; if there are none, it is where the connection arrived
 */
export function requestUris(target: string, bases: readonly string[], socket: Socket): readonly string[] {
  const [path = ''] = target.split(/[?#]/, 1);
  if (!path.startsWith('/') || ambiguous.test(path)) return [];
  const known = bases.length > 0 ? bases : originsAt(socket);
  return known.flatMap((base) => normalUri(base.replace(/\/$/, '') + path) ?? []);
}

function originsAt(socket: Socket): string[] {
  const { localAddress, localPort } = socket;
  if (localAddress === undefined) return [];
  const scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  const address = localAddress.replace(/^::ffff:/, '');
  const isLoopback = address === '::1' || address.startsWith('127.');
  const hosts = [address.includes(':') ? `[${address}]` : address, ...(isLoopback ? ['localhost'] : [])];
  return hosts.map((host) => `${scheme}://${host}:${localPort}`);
}
