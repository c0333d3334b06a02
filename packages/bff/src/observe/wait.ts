import { setTimeout } from 'node:timers/promises';

/** Resolves after so many milliseconds, or at once when the signal says so. Never rejects. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** {@link Wait} by the system's timers. */
export const systemWait: Wait = async (milliseconds, signal) => {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    // Aborted: whoever waited has what it waited for.
  }
};
