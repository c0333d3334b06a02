import type { IncomingHttpHeaders } from 'node:http';
import { headerNames } from '@coatcheck/protocol';

/** What the guard looks at. */
export interface GuardedCall {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether a call proves that our own pages made it (design.md, Cross-site requests; RFC 10017 §6.1.3.3). Fetch
 * Metadata decides where the browser sends it; else a header that no foreign page can send without a preflight that
 * we never approve, and for state-changing methods the Origin too.
 *
 * @param origin our own origin
 * @param requireHeader ask for `X-Requested-With` in every case
 * @returns null, or why the call is refused, for the log
 */
export function refusalOf(call: GuardedCall, origin: string, requireHeader: boolean): string | null {
  const { headers, method } = call;
  if (headers.origin !== undefined && headers.origin !== origin) return 'foreign Origin';
  const hasHeader = (headers[headerNames.requestedWith] ?? '') !== '';
  if (requireHeader && !hasHeader) return 'no X-Requested-With';
  const site = headers['sec-fetch-site'];
  if (site !== undefined)
    return site === 'same-origin' ? null : `Sec-Fetch-Site: ${String(site).slice(0, 20)}`;
  if (!hasHeader) return 'neither Sec-Fetch-Site nor X-Requested-With';
  const safe = method === 'GET' || method === 'HEAD';
  return safe || headers.origin === origin ? null : 'no Origin';
}

/**
 * Whether a WebSocket handshake comes from our own pages. `Origin` alone decides, since nothing else can be told apart:
 * a page can set no header on it, and no preflight asks us (RFC 6455 §10.2). Whoever sends none is no browser of ours.
 *
 * @param origin our own origin
 * @returns null, or why the handshake is refused, for the log
 */
export function upgradeRefusalOf(headers: IncomingHttpHeaders, origin: string): string | null {
  if (headers.origin === undefined) return 'an upgrade without Origin';
  return headers.origin === origin ? null : 'an upgrade from a foreign Origin';
}

/**
 * Whether a request is a navigation of the top level that a person sees: not framed, fetched or prefetched.
 *
 * @returns null, or why not, for the log
 */
export function navigationRefusalOf(headers: IncomingHttpHeaders): string | null {
  const purpose = headers['sec-purpose'] ?? headers.purpose;
  if (purpose !== undefined) return `purpose ${String(purpose).slice(0, 20)}`;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined && mode !== 'navigate') return `Sec-Fetch-Mode: ${String(mode).slice(0, 20)}`;
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document')
    return `Sec-Fetch-Dest: ${String(destination).slice(0, 20)}`;
  return null;
}
