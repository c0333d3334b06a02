/** What a step of `verify` counted. A step without tests of its own counts as one check. */
export type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What the numbers do not say, for the table. */
  readonly note?: string;
  /** The tests that failed, by name: told once more at the end, since what they printed may be far above. */
  readonly failures?: readonly string[];
};

export const passedCheck: Counts = { passed: 1, failed: 0, skipped: 0 };
export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

/** One failed check, with the reason. */
export function failedCheck(note: string): Counts {
  return { passed: 0, failed: 1, skipped: 0, note };
}

/**
 * Makes the counts of a test suite honest: a suite that ran no test has failed, and so has one whose runner
 * ended badly though no test did (a file that does not load, an unhandled error). In CI a skip is a failure.
 */
export function judgeSuite(counts: Counts, runnerFailed: boolean, ci: boolean): Counts {
  const skips = ci ? counts.skipped : 0;
  const notes = counts.note ? [counts.note] : [];
  if (skips > 0) notes.push(`${skips} skipped: a failure in CI`);
  let failed = counts.failed + skips;
  if (counts.passed + counts.failed + counts.skipped === 0) {
    failed += 1;
    notes.push('no test ran');
  } else if (runnerFailed && failed === 0) {
    failed += 1;
    notes.push('the runner failed although no test did');
  }
  return {
    passed: counts.passed,
    failed,
    skipped: counts.skipped - skips,
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(counts.failures && { failures: counts.failures }),
  };
}

/** Adds up all steps. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, counts) => ({
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    }),
    nothing,
  );
}

/** The line that ends every run: `N passed, N failed`, and `, N skipped` where there are any. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
