import { describe } from 'vitest';
import { findGlewlwyd, glewlwyd } from '../servers/glewlwyd/glewlwyd.ts';
import { makeJourneys } from './journeys.ts';

// It is in Debian and Ubuntu; `pnpm setup` says so. CI counts what is skipped as failed.
describe.skipIf(findGlewlwyd() === undefined)('from Debian', () => {
  makeJourneys(glewlwyd);
});
