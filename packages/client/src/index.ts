export {
  type Paths,
  type ProviderView,
  pathsUnder,
  type SessionUser,
  type SessionView,
  type SignedOutReason,
} from '@coatcheck/protocol';
export type { ApiFetch, ApiFetchInit } from './api-fetch.ts';
export { type AutomaticLogin, automaticLogins } from './automatic-login.ts';
export { type Connections, connections } from './connections.ts';
export type {
  ClientInside,
  HostPage,
  LogoutOptions,
  SessionClient,
  SessionClientOptions,
} from './contract.ts';
export { type DeviceSession, type DeviceSessions, deviceSessions } from './device-sessions.ts';
export {
  type ClientErrorCode,
  CoatcheckError,
  type CoatcheckErrorCode,
  type CoatcheckErrorInit,
} from './errors.ts';
export { extendSession } from './extend-session.ts';
export { type KeptState, keptState } from './kept-state.ts';
export type { LivePage } from './live/live-page.ts';
export type { LockRequest } from './live/web-lock.ts';
export { type LoginOptions, loginErrorParameter, loginOptionNames } from './login-url.ts';
export type { Page, PageChannel, PageEvent } from './page.ts';
export { type Retry, retryOf } from './retry.ts';
export { type RetryOptions, retryingFetch } from './retrying-fetch.ts';
export type { Expiring, Session, SignedIn } from './session.ts';
export { createSessionClient } from './session-client.ts';
export {
  createSignInAgain,
  type SignInAgain,
  type SignInAgainOptions,
  type SignInAgainState,
} from './sign-in-again.ts';
export { type StepUp, stepUp, stepUpOf } from './step-up.ts';
export type { TabNotes } from './tab-notes.ts';
// A star, so that `declare module '@coatcheck/client'` can add to the interface.
export type * from './user.ts';
