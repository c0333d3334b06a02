export type { Access, RouteAccess } from './access.ts';
export type { Scheme } from './challenges.ts';
export type { ReplayStore } from './dpop/replay.ts';
export type { DpopOptions } from './options/dpop.ts';
export type { MtlsOptions } from './options/mtls.ts';
export { OptionsError, type ResourceServerOptions } from './options/options.ts';
export { default, resourceServer } from './plugin.ts';
export { type AccessTokenClaims, type Principal, principalKey } from './principal.ts';
export { type ProblemCode, type ProblemDetails, problemCodes } from './problems.ts';
