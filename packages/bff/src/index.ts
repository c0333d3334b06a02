export type { Coatcheck } from './coatcheck.ts';
export { loggerOptions } from './observe/log.ts';
export { createHexIds, type HexIds } from './observe/trace-ids.ts';
export { durationPattern, parseDuration } from './options/duration.ts';
export { isLoopback } from './options/loopback.ts';
export { ConfigError, type ConfigProblem, schemaProblems } from './options/problems.ts';
export { ruleProblems } from './options/rules.ts';
export { type CoatcheckOptions, optionsSchema } from './options/schema.ts';
export { coatcheck } from './plugin.ts';
export { problemDetails, problemHeaders, sendProblem } from './problems/answer.ts';
export { CoatcheckError, type Problem, problemRegistry } from './problems/registry.ts';
export type { Profile } from './profiles/profile.ts';
export { isProfileName, type ProfileName, profileOf, profiles } from './profiles/profiles.ts';
export { usableKeys } from './provider/usable-keys.ts';
export { StoreError, type StoreErrorCode } from './store/errors.ts';
export type {
  ChangeFeed,
  Counted,
  CounterStore,
  EndReason,
  Found,
  LeaseAnswer,
  LeaseStore,
  OnceStore,
  SessionIndex,
  SessionStore,
  Store,
  StoreChange,
  StoredSession,
  Tombstone,
} from './store/store.ts';
export { securityHeaders } from './web/security-headers.ts';
