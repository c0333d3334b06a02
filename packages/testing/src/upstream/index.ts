export { createEventStream, type EventStream, invalidToken, patternBytes, wantsNonce } from './answers.ts';
export { headerValues, type UpstreamRequest } from './requests.ts';
export {
  type PathMatch,
  startUpstream,
  type UpgradeHandler,
  type Upstream,
  type UpstreamExchange,
} from './server.ts';
export { acceptWebSocket, echoMessages } from './web-socket.ts';
