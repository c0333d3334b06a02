import type { EmulatedClient } from '../emulator.ts';

/** An app as GitHub knows it. */
export interface GitHubApp extends EmulatedClient {
  /**
   * `oauth-app`: scopes, and tokens that do not end. `github-app`: permissions instead of scopes, and user tokens that
   * end after 8 hours and are refreshed for 6 months.
   */
  readonly kind: 'oauth-app' | 'github-app';
  /** Writes `expires_in` as text, as GitHub has been seen to. */
  readonly numbersAsText?: boolean;
}
