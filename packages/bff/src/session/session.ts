import type { KeyObject } from 'node:crypto';
import type { SignedOutReason } from '@coatcheck/protocol';
import type { SessionRecord } from './record.ts';

/** A session that was opened. A value: what changes makes a new one. */
export interface Session {
  /** SHA-256 of the session id. */
  readonly id: string;
  readonly key: KeyObject;
  readonly version: number;
  readonly record: SessionRecord;
  /** Sealed label of the browser. As latin1, since an array of these bytes weighs five times as much. */
  readonly device: string | null;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
}

/** What stands behind a ticket. */
export type Loaded =
  | { readonly kind: 'active'; readonly session: Session }
  | { readonly kind: 'none'; readonly reason: SignedOutReason };

/** Everything that changed in a session's grants was stored, or the session moved on, or it is gone. */
export type Stored =
  | { readonly kind: 'stored'; readonly session: Session }
  | { readonly kind: 'late'; readonly session: Session }
  | { readonly kind: 'gone'; readonly reason: SignedOutReason };
