import type { ProblemCode } from '@coatcheck/protocol';

export type UpstreamFailure = Extract<
  ProblemCode,
  'upstream_unreachable' | 'upstream_timeout' | 'upstream_invalid'
>;

const timeouts: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

const violations: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  // Node's, of a field or status that it would not write.
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_STATUS_CODE',
]);

/** What an error of undici says about the upstream, when nothing of its answer has been relayed yet. */
export function upstreamFailure(error: Error): UpstreamFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (timeouts.has(code)) return 'upstream_timeout';
  if (violations.has(code) || error.name === 'HTTPParserError') return 'upstream_invalid';
  // Of HTTP/2: what came is none, or breaks its rules.
  if (code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR') return 'upstream_invalid';
  // undici has no code of its own for an unasked 100 or 101.
  if (code === 'UND_ERR_SOCKET' && /^bad (?:response|upgrade)$/.test(error.message))
    return 'upstream_invalid';
  return 'upstream_unreachable';
}
