/** Fields of an upstream that end at this hop, would let it speak for our whole origin, or describe our inside. */
const dropped: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'te', 'upgrade', 'via', 'set-cookie2'],
  // rules for the origin
  ...['strict-transport-security', 'content-security-policy', 'content-security-policy-report-only'],
  ...['x-content-security-policy', 'x-webkit-csp', 'integrity-policy', 'integrity-policy-report-only'],
  ...['document-policy', 'document-policy-report-only', 'require-document-policy', 'feature-policy'],
  ...[
    'permissions-policy',
    'permissions-policy-report-only',
    'x-permitted-cross-domain-policies',
    'expect-ct',
  ],
  ...['public-key-pins', 'public-key-pins-report-only', 'accept-ch', 'critical-ch', 'origin-agent-cluster'],
  ...['origin-trial', 'supports-loading-mode', 'activate-storage-access', 'observe-browsing-topics'],
  // what the browser does or keeps because of them
  ...['clear-site-data', 'service-worker-allowed', 'refresh', 'alt-svc', 'set-login', 'use-as-dictionary'],
  ...['speculation-rules', 'no-vary-search', 'x-dns-prefetch-control', 'sourcemap', 'x-sourcemap'],
  // between the resource server and us
  'dpop-nonce',
  // whom it tells
  ...['nel', 'report-to', 'reporting-endpoints', 'timing-allow-origin'],
  // what runs behind us
  ...['server', 'x-powered-by', 'x-runtime', 'x-generator', 'x-backend-server', 'x-sendfile'],
]);
const droppedPrefix =
  /^(?:access-control-|coatcheck-|proxy-|sec-session-|secure-session-|x-accel-|cross-origin-|attribution-|x-aspnet)/;
/** Some caches obey these before `Cache-Control` (RFC 9213). */
const cachePolicy = /^(?:cache-control|expires|pragma|surrogate-control|edge-control)$|-cache-control$/;
/** Must not arrive after the content (RFC 9110 §6.5.1). */
const notInTrailers =
  /^(?:set-cookie|www-authenticate|location|vary|age|date|host|link|trailer|transfer-encoding|content-.*)$/;

/** @param lower a field name in lower case */
export function isNeverRelayed(lower: string): boolean {
  return dropped.has(lower) || droppedPrefix.test(lower);
}

/** Whether a field says how long caches may keep the answer. */
export function isCachePolicy(lower: string): boolean {
  return cachePolicy.test(lower);
}

export function mayFollowContent(lower: string): boolean {
  return !cachePolicy.test(lower) && !notInTrailers.test(lower);
}
