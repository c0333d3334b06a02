export type { Canary, CanaryKind } from './canaries.ts';
export {
  authorizationError,
  type Change,
  type ChangePoint,
  type ChangePoints,
  type Occasion,
  withMembers,
} from './changes.ts';
export { forge } from './forge.ts';
export type { Grant, Issued, IssuedKind } from './grants.ts';
export type { JwtDraft, Signature } from './jwt.ts';
export { type JunkKey, type Keys, makeJunkKeys, makeSigningKey, type SigningKey } from './keys.ts';
export type { AccessTokenOptions, Mint } from './mint.ts';
export type { Endpoint, Exchange, RecordedRequest } from './requests.ts';
export {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from './server.ts';
export {
  type Client,
  type ClientAuthenticationMethod,
  type Encryption,
  formPassword,
  type Settings,
  type SigningAlgorithm,
  type User,
} from './settings.ts';
export type { AuthorizeOptions, AuthorizeResult } from './sign-in-as-browser.ts';
