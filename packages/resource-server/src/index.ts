export type { Access, RouteAccess } from './access.ts';
export { OptionsError, type ResourceServerOptions } from './options.ts';
export { default, resourceServer } from './plugin.ts';
export { type AccessTokenClaims, type Principal, principalKey } from './principal.ts';
export { type ProblemCode, type ProblemDetails, problemCodes } from './problems.ts';
