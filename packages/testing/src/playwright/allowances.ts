import type { Place } from './places.ts';
import { type Hit, mask } from './search.ts';

/** A hit and where it was. */
export interface Finding extends Hit {
  place: Place;
  where: string;
}

/** One thing that may be where it is, and why. */
export interface Allowance {
  kind: string | string[];
  place: Place | Place[];
  /** Which URL, key or header; without it, all of the place. */
  where?: (where: string) => boolean;
  reason: string;
}

/** Whether somebody has said that a finding is no leak. */
export function isAllowed(finding: Finding, allowances: Allowance[]): boolean {
  return allowances.some(({ kind, place, where }) => {
    if (![kind].flat().includes(finding.kind) || ![place].flat().includes(finding.place)) return false;
    return where === undefined || where(finding.where);
  });
}

/** One finding on one line, without the credential. */
export function describeFinding({ kind, part, encoding, place, where, snippet }: Finding): string {
  const form = [part === 'whole' ? '' : part, encoding === 'plain' ? '' : encoding]
    .filter(Boolean)
    .join(', ');
  return `${kind}${form ? ` (${form})` : ''} in ${place}, ${mask(where)}: ${snippet}`;
}

/**
 * What the authorization code flow itself puts before the browser's eyes: `state` on the way there, `code` and
 * `state` on the way back, once (RFC 6749 §4.1.1, §4.1.2). Neither may stay in the history or reach a page.
 *
 * @param issuer the authorization server
 * @param loginUrl where the client starts the flow, without a query
 * @param callbackUrl the redirect URI
 */
export function authorizationCodeFlow(issuer: string, loginUrl: string, callbackUrl: string): Allowance[] {
  const isBelow = (url: string, base: string) =>
    url.startsWith(base) && !/^[\w-]/.test(url.slice(base.length));
  const isLocationOf = (base: string) => (where: string) =>
    where.startsWith('location of ') && isBelow(where.slice('location of '.length), base);
  return [
    {
      kind: ['code', 'state'],
      place: 'url',
      where: (url) => isBelow(url, callbackUrl),
      reason: 'the one callback URL carries them',
    },
    {
      kind: ['code', 'state'],
      place: 'response-header',
      where: isLocationOf(issuer),
      reason: 'the authorization server redirects to the callback URL',
    },
    {
      kind: 'state',
      place: 'response-header',
      where: isLocationOf(loginUrl),
      reason: 'the client redirects to the authorization server',
    },
    {
      kind: 'state',
      place: ['url', 'history', 'response-body', 'request-body', 'dom'],
      where: (url) => isBelow(url, issuer),
      reason: 'the authorization request, at the authorization server',
    },
    {
      kind: 'state',
      place: 'request-header',
      where: (where) => where.startsWith('referer of ') && isBelow(where.slice('referer of '.length), issuer),
      reason: 'one page of the authorization server to the next',
    },
  ];
}
