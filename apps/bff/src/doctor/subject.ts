import type { Profile } from '@coatcheck/bff';
import type { Fetched } from './fetch-document.ts';
import type { Metadata } from './metadata.ts';

/** What the checks look at. */
export interface Subject {
  /** As it would stand in the configuration. */
  readonly issuer: string;
  readonly issuerUrl: URL;
  readonly profile: Profile;
  readonly metadata: Metadata;
  /** Where the metadata was found. */
  readonly source: 'openid' | 'oauth';
  /** Undefined where the metadata names no place that may be asked. */
  readonly keys: Fetched | undefined;
  /** The answer of the token endpoint to a request without anything. */
  readonly token: Fetched | undefined;
  /** Every answer, for the clock. */
  readonly answers: readonly Fetched[];
}
