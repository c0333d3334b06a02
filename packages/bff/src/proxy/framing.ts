import type { ProblemCode } from '@coatcheck/protocol';
import { fieldName, fieldValue } from './fields.ts';

export interface FramingInput {
  readonly method: string;
  /** As `node:http` or `node:http2` reports it. */
  readonly httpVersion: string;
  /** Whether the client chose HTTP/2 by ALPN. Else a `2.0` stands in a request line, where it means nothing. */
  readonly isHttp2?: boolean;
  /** The request target as it was sent. */
  readonly target: string;
  /** Names and values in turn, as Node reports them: of HTTP/2 with the pseudo-header fields before the others. */
  readonly rawHeaders: readonly string[];
  /** Host and port of `publicUrl` as `URL.host` gives them: lower case, without a default port. */
  readonly publicHost: string;
}

export interface FramingProblem {
  readonly code: Extract<
    ProblemCode,
    'malformed_request' | 'unknown_host' | 'headers_too_large' | 'ambiguous_path'
  >;
  /** For the log; holds no value that the client sent. */
  readonly detail: string;
}

const maxHeaders = 100;
/** What Node's parser lets HTTP/1 have. Bytes. */
const maxHeaderBytes = 16 * 1024;

/** Two of these would let two readers of one message disagree. */
const singletons = [
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'content-type',
  'origin',
] as const;

/** The values of those that were seen. */
type Singletons = { [Name in (typeof singletons)[number]]?: string };

/** Most names need no second look. */
const singletonLengths: ReadonlySet<number> = new Set(singletons.map((name) => name.length));

/**
 * Refuses, before routing, what Node's parser lets pass but two servers in a row could read in two ways
 * (RFC 9112 §3.2, §5.2, §6). After a `malformed_request` over HTTP/1 the connection must be closed: where the next
 * request on it begins is not certain. HTTP/2 says where, and is judged by RFC 9113 §8.2 and §8.3.
 *
 * @returns the problem, or null for a request that may be routed
 */
export function checkFraming(input: FramingInput): FramingProblem | null {
  const { method, target, httpVersion, rawHeaders, publicHost } = input;
  if (input.isHttp2) return checkTarget(method, target) ?? checkHttp2(rawHeaders, publicHost);
  // Node's parser also takes 0.9 and 2.0 in a request line.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return malformed('a version other than 1.1 and 1.0');
  return checkTarget(method, target) ?? checkFields(rawHeaders, httpVersion, publicHost);
}

function checkTarget(method: string, target: string): FramingProblem | null {
  if (method === 'CONNECT' || target[0] !== '/') return malformed('the target is not in origin form');
  if (/[^\x21-\x7e]/.test(target)) return malformed('the target holds a control or non-ASCII character');
  if (target.includes('#')) return { code: 'ambiguous_path', detail: 'the target holds a fragment' };
  return null;
}

/** Of a connection, not of a message: in HTTP/2 whoever sends them writes for a server behind us (RFC 9113 §8.2.2). */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Much of this Node's parser refuses too; what it does not know it may let pass. */
function checkHttp2(rawHeaders: readonly string[], publicHost: string): FramingProblem | null {
  let [first, bytes, authority] = [0, 0, undefined as string | undefined];
  for (; rawHeaders[first]?.[0] === ':'; first += 2) {
    const [name, value = ''] = [rawHeaders[first], rawHeaders[first + 1]];
    if (name === ':authority') authority = value;
    else if (name === ':scheme' && value !== 'https' && value !== 'http') return malformed('another scheme');
  }
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    bytes += name.length + value.length + 4;
    if (ofConnections.has(name)) return malformed('a field of a connection in HTTP/2');
    if (name === 'host' && authority !== undefined && value.toLowerCase() !== authority.toLowerCase())
      return malformed('a host field that is not the authority');
  }
  if (bytes > maxHeaderBytes) return { code: 'headers_too_large', detail: 'header fields over the limit' };
  return checkFields(rawHeaders.slice(first), '2.0', publicHost, authority);
}

function checkFields(
  rawHeaders: readonly string[],
  httpVersion: string,
  publicHost: string,
  authority?: string,
): FramingProblem | null {
  if (rawHeaders.length > maxHeaders * 2) {
    return { code: 'headers_too_large', detail: `more than ${maxHeaders} header fields` };
  }
  const known: Singletons = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    if (!fieldName.test(name)) return malformed('a field name is not a token');
    if (!fieldValue.test(value)) return malformed('a field value holds a line break or control');
    if (!singletonLengths.has(name.length)) continue;
    const lower = name.toLowerCase();
    const singleton = singletons.find((one) => one === lower);
    if (singleton === undefined) continue;
    if (known[singleton] !== undefined) return malformed(`more than one ${singleton} field`);
    known[singleton] = value;
  }
  return checkLength(known, httpVersion) ?? checkHost(authority ?? known.host, publicHost);
}

function checkLength(known: Singletons, httpVersion: string): FramingProblem | null {
  const length = known['content-length'];
  const coding = known['transfer-encoding'];
  if (length !== undefined && coding !== undefined) return malformed('both a length and a transfer coding');
  if (length !== undefined && !/^[0-9]+$/.test(length)) return malformed('the length is not a number');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return malformed('a transfer coding other than chunked');
  }
  // RFC 9112 §6.1: whoever added it may not have understood it.
  if (coding !== undefined && httpVersion === '1.0') return malformed('a transfer coding in HTTP/1.0');
  return null;
}

function checkHost(host: string | undefined, publicHost: string): FramingProblem | null {
  if (host === undefined) return malformed('no host field, or no authority');
  const named = host.toLowerCase();
  if (named === publicHost) return null;
  // A public host without a port stands for its scheme's default, which a client may spell out.
  if (named === `${publicHost}:443` || named === `${publicHost}:80`) return null;
  return { code: 'unknown_host', detail: 'the host field names another host than publicUrl' };
}

function malformed(detail: string): FramingProblem {
  return { code: 'malformed_request', detail };
}
