/** Where an upstream stands and where the browser sees it. */
export interface LocationMap {
  /** As `URL.origin` gives it. */
  readonly upstreamOrigin: string;
  /** The route's path at the upstream, without a trailing slash; `''` for its root. */
  readonly upstreamPath: string;
  /** The route's public prefix, without a trailing slash. */
  readonly prefix: string;
  /** Path and query of the request that is being answered, for relative references. */
  readonly requestPath: string;
}

export type MappedLocation =
  /** A path under the public prefix, with query and fragment. */
  | { readonly kind: 'inside'; readonly location: string }
  /** At the upstream, but where no browser can follow. */
  | { readonly kind: 'outside' }
  /** At another origin. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'malformed' };

/**
 * Reads a URI reference of an upstream's answer (RFC 9110 §10.2.2) as a browser would, and says where the browser
 * finds the same thing on our origin.
 */
export function mapLocation(reference: string, map: LocationMap): MappedLocation {
  const url = URL.parse(reference, map.upstreamOrigin + map.requestPath);
  if (url === null) return { kind: 'malformed' };
  if (url.origin !== map.upstreamOrigin) return { kind: 'foreign' };
  const { pathname } = url;
  if (!pathname.startsWith(map.upstreamPath)) return { kind: 'outside' };
  const rest = pathname.slice(map.upstreamPath.length);
  if (rest !== '' && rest[0] !== '/') return { kind: 'outside' };
  const path = map.prefix + rest || '/';
  // A path that starts with two slashes is another host to a browser (RFC 3986 §4.2).
  if (path.startsWith('//')) return { kind: 'outside' };
  return { kind: 'inside', location: path + url.search + url.hash };
}
