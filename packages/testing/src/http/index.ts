export { parseSetCookie, type SetCookie } from './cookies.ts';
export { createJar, type FetchSite, type Jar, type JarOptions, type JarRequest } from './jar.ts';
export { openConnection, type RawConnection, type RawTarget } from './raw-connection.ts';
export { type RawAnswer, type RawRequestOptions, rawRequest } from './raw-request.ts';
export type { RawResponse } from './response-parser.ts';
export type { JarResponse, JarStream } from './send.ts';
