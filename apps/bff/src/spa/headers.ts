import type { IncomingHttpHeaders } from 'node:http';

/** Hashed assets never change under their name; the rest is asked for again each time. */
export function cacheControlFor(path: string): string {
  return /\/assets\/[^/]+-[\w-]{6,}\.\w+$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/**
 * Whether the app's page answers an address: a GET or HEAD that a person navigates to, whose last part is neither a
 * file nor hidden. One that begins with two slashes is none: it is another spelling of ours, or names another host.
 *
 * @param path without query
 */
export function isAppPath(method: string, path: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const plain = decoded(path);
  if (/^[/\\]{2}/.test(plain)) return false;
  if (plain.split(/[/\\]/).some((part) => part.startsWith('.')) || /\.[^/]*$/.test(plain)) return false;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return /text\/html|\*\/\*/.test(headers.accept ?? '*/*');
}

/** As a server that decodes would read it; what cannot be decoded counts as a file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '.';
  }
}
