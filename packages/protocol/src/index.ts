export { type ChannelMessage, channelName } from './channel.ts';
export { closeCodes } from './close-codes.ts';
export { type CookieNames, cookieNames, defaultCookieName } from './cookies.ts';
export {
  type DiagnosticsView,
  type FlowKind,
  type FlowParty,
  type FlowStep,
  flowKinds,
  type HeldToken,
} from './diagnostics.ts';
export { type SessionEvent, sessionEventTypes } from './events.ts';
export { headerNames, requestedWithValue } from './headers.ts';
export { clientPaths, defaultBasePath, managementPaths, type Paths, pathsUnder } from './paths.ts';
export { type ProblemCode, type ProblemDetails, problemCodes } from './problems.ts';
export {
  type ConnectionView,
  type DeviceSessionView,
  type LogoutView,
  type ProviderView,
  type SessionUser,
  type SessionView,
  type SignedInView,
  type SignedOutReason,
  type SignedOutView,
  signedOutReasons,
} from './session-view.ts';
