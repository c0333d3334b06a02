import type { IncomingHttpHeaders } from 'node:http';
import { cookiesNamed, setCookie } from '../ticket/cookies.ts';

const mostStarts = 5;
const within = 10_000;

/**
 * Counts the sign-ins that a browser started lately, in a cookie of its own: an app and a provider that send a person
 * around in a circle are stopped (wonderwall does the same).
 *
 * @param now milliseconds since the epoch
 * @returns whether this start is one too many, and the `Set-Cookie` value that remembers it
 */
export function countStart(
  headers: IncomingHttpHeaders,
  name: string,
  now: number,
): { loop: boolean; cookie: string } {
  const recent = (cookiesNamed(headers, name)[0] ?? '')
    .split('.')
    .map((text) => Number.parseInt(text, 36))
    .filter((time) => time <= now && now - time < within);
  const starts = [...recent, now].slice(-mostStarts - 1);
  return {
    loop: starts.length > mostStarts,
    cookie: setCookie(name, starts.map((time) => time.toString(36)).join('.'), {
      sameSite: 'lax',
      maxAge: within / 1_000,
    }),
  };
}
