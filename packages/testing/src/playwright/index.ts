export { type Allowance, authorizationCodeFlow, type Finding } from './allowances.ts';
export { findChromium } from './browser.ts';
export {
  type AppUnderTest,
  type CoatcheckFixtures,
  type CoatcheckTestOptions,
  coatcheckTest,
  type SignInOptions,
} from './fixtures.ts';
export type { Place } from './places.ts';
export { unknownJwt } from './search.ts';
export { readSecrets, type Secret } from './secrets.ts';
export {
  expectNoTokens,
  type ScanOptions,
  type ScanReport,
  type TokenWatch,
  tokenScanArguments,
  type WatchOptions,
  watchForTokens,
} from './watch.ts';
