/** Headers for every answer of the origin, whatever it is (design.md, Web content). */
export function securityHeaders(strictTransport: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    // With no-referrer a form post would say `Origin: null`, and the guard would refuse it.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(strictTransport ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

/**
 * The Content-Security-Policy of the app's pages: nothing inline, nothing foreign, never framed.
 *
 * @param formTargets origins that a form on our pages may be redirected to: the providers' end-session origins
 */
export function appContentSecurityPolicy(formTargets: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
  ].join('; ');
}
