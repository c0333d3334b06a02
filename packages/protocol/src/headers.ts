/** Header names that only Coatcheck knows; lower case, as Node reports them. */
export const headerNames = {
  /** On every failed answer that the BFF itself made: the problem's code. Stripped from upstream answers. */
  problem: 'coatcheck-problem',
  /** `1` on a request that must not count as use of the session. Never forwarded. */
  background: 'coatcheck-background',
  /** Proof of same origin for browsers and scripts without Fetch Metadata: no foreign page can send it. */
  requestedWith: 'x-requested-with',
} as const;

/** What the SDK sends as `X-Requested-With`. Any non-empty value is accepted. */
export const requestedWithValue = 'coatcheck';
