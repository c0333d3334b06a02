export type {
  SessionUser,
  SessionView,
  SignedOutReason,
} from '@coatcheck/protocol';
export type { ApiFetch, ApiFetchInit } from './api-fetch.ts';
export type { AutomaticLogin } from './automatic-login.ts';
export { CoatcheckError, type CoatcheckErrorCode, type CoatcheckErrorInit } from './errors.ts';
export { type LoginOptions, loginErrorParameter } from './login-url.ts';
export type { Page, PageChannel, PageEvent } from './page.ts';
export type { Session, SignedIn } from './session.ts';
export {
  createSessionClient,
  type LogoutOptions,
  type SessionClient,
  type SessionClientOptions,
} from './session-client.ts';
