import { test } from 'vitest';
import type { AdvisoryNumber, RequirementId } from './requirements.ts';

type TestBody = () => void | Promise<void>;

/**
 * A test of one or more rows of `requirements.md`, named by their ids so that the report can count it.
 *
 * @param what the stimulus and what is expected, for the report
 * @param timeout milliseconds, where the suite's is too short
 * @example
 * requirement('BFF-CB-01', 'a callback without state is refused', async () => { … });
 */
export function requirement(
  ids: RequirementId | readonly RequirementId[],
  what: string,
  body: TestBody,
  timeout?: number,
): void {
  test(`${[ids].flat().join(', ')}: ${what}`, body, timeout);
}

/**
 * A test of rows of `advisories.md`, which may stand for rows of `requirements.md` too.
 *
 * @example
 * advisory(15, 'BFF-SESS-01', 'a cookie from before the sign-in opens nothing after it', async () => { … });
 */
export function advisory(
  numbers: AdvisoryNumber | readonly AdvisoryNumber[],
  ids: RequirementId | readonly RequirementId[],
  what: string,
  body: TestBody,
  timeout?: number,
): void {
  const names = [numbers].flat().map((number) => `advisory ${number}`);
  const rows = [ids].flat();
  test(`${names.join(', ')}${rows.length > 0 ? ` (${rows.join(', ')})` : ''}: ${what}`, body, timeout);
}
