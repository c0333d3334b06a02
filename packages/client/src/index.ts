export type {
  ProviderView,
  SessionUser,
  SessionView,
  SignedOutReason,
} from '@coatcheck/protocol';
export type { ApiFetch, ApiFetchInit } from './api-fetch.ts';
export type { AutomaticLogin } from './automatic-login.ts';
export type { Connections } from './connections.ts';
export type { LogoutOptions, SessionClient, SessionClientOptions } from './contract.ts';
export type { DeviceSession, DeviceSessions } from './device-sessions.ts';
export { CoatcheckError, type CoatcheckErrorCode, type CoatcheckErrorInit } from './errors.ts';
export { type LoginOptions, loginErrorParameter } from './login-url.ts';
export type { Page, PageChannel, PageEvent } from './page.ts';
export type { Expiring, Session, SignedIn } from './session.ts';
export { createSessionClient } from './session-client.ts';
export type { StepUp } from './step-up.ts';
export type { LockRequest } from './web-lock.ts';
