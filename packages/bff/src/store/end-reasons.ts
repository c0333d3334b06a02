import { signedOutReasons } from '@coatcheck/protocol';
import type { EndReason } from './store.ts';

/** Every reason that a tombstone can give. */
export const endReasons: readonly EndReason[] = signedOutReasons.filter(
  (reason): reason is EndReason => reason !== 'none',
);
