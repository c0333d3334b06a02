import type { IncomingHttpHeaders } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';

/**
 * The values of all cookies of one name in a request. More than one means that somebody else set one of them
 * (cookie tossing): the caller then trusts none.
 */
export function cookiesNamed(headers: IncomingHttpHeaders, name: string): string[] {
  return sentCookiesNamed(headers, name).map(decodeCookie);
}

/** The same as they were sent, each for {@link decodeCookie}. */
export function sentCookiesNamed(headers: IncomingHttpHeaders, name: string): string[] {
  const header = headers.cookie;
  const values: string[] = [];
  if (header === undefined) return values;
  for (let at = header.indexOf(name), end = 0; at !== -1; at = header.indexOf(name, end)) {
    const start = header.lastIndexOf(';', at) + 1;
    const next = header.indexOf(';', at);
    end = next === -1 ? header.length : next;
    const equals = header.indexOf('=', start);
    if (equals !== -1 && equals < end && header.slice(start, equals).trim() === name)
      values.push(header.slice(equals + 1, end).trim());
  }
  return values;
}

/** The names of all cookies of a request that start with a prefix, each once. */
export function cookieNamesWith(headers: IncomingHttpHeaders, prefix: string): string[] {
  const names = (headers.cookie ?? '').split(';').map((pair) => pair.split('=', 1)[0]?.trim() ?? '');
  // Others could have made one of a name that cannot be set, and so not be deleted either.
  const isOurs = (name: string) => name.startsWith(prefix) && /^[\w-]{1,64}$/.test(name.slice(prefix.length));
  return [...new Set(names.filter(isOurs))];
}

/** Attributes that differ between our cookies; all are `Secure; HttpOnly; Path=/` without Domain. */
export interface CookieLife {
  readonly sameSite: 'strict' | 'lax' | 'none';
  /** Seconds; null until the browser closes. */
  readonly maxAge: number | null;
}

/** A `Set-Cookie` value for one of our cookies (RFC 10017 §6.1.3.2). */
export function setCookie(name: string, value: string, life: CookieLife): string {
  return fastifyCookie.serialize(name, value, {
    path: '/',
    httpOnly: true,
    secure: true,
    sameSite: life.sameSite,
    ...(life.maxAge === null ? {} : { maxAge: life.maxAge }),
  });
}

/** A `Set-Cookie` value that deletes one of our cookies: same name, path and attributes. */
export function clearCookie(name: string, sameSite: CookieLife['sameSite']): string {
  return `${setCookie(name, '', { sameSite, maxAge: 0 })}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}

/** A cookie's value, of which {@link setCookie} escapes what cannot stand in one; empty where it cannot be read. */
export function decodeCookie(value: string): string {
  if (value.indexOf('%') === -1) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
