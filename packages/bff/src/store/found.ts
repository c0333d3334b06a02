import { DamagedError } from './errors.ts';
import type { Found } from './store.ts';

/** What a value is read as; one that no store wrote is no reason to refuse its browser everything. */
export function unlessDamaged(read: () => Found): Found {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedError) return { kind: 'damaged', detail: error.message };
    throw error;
  }
}
