/** The prefix under which the BFF answers unless configured otherwise. */
export const defaultBasePath = '/bff';

/** Those of {@link pathsUnder} that every page calls. */
export function clientPaths(basePath: string) {
  return {
    login: `${basePath}/login`,
    session: `${basePath}/session`,
    logout: `${basePath}/logout`,
  } as const;
}

/**
 * The paths of the BFF's own routes below a prefix.
 *
 * @param basePath prefix without a trailing slash, for example `/bff`
 */
export function pathsUnder(basePath: string = defaultBasePath) {
  return {
    ...clientPaths(basePath),
    callback: `${basePath}/callback`,
    extend: `${basePath}/session/extend`,
    callbackDone: `${basePath}/callback/done`,
    callbackDoneScript: `${basePath}/callback/done.js`,
    logoutCallback: `${basePath}/logout/callback`,
    providers: `${basePath}/providers`,
    connections: `${basePath}/connections`,
    initiateLogin: `${basePath}/initiate-login`,
    jwks: `${basePath}/jwks`,
    sessions: `${basePath}/sessions`,
    events: `${basePath}/events`,
    diagnostics: `${basePath}/diagnostics`,
    backchannelLogout: `${basePath}/backchannel-logout`,
    frontchannelLogout: `${basePath}/frontchannel-logout`,
  } as const;
}

/** Paths on the management port, which is never the public one. */
export const managementPaths = {
  live: '/livez',
  ready: '/readyz',
  metrics: '/metrics',
  subjectSessions: '/subjects/sessions',
} as const;

/** What {@link pathsUnder} returns. */
export type Paths = ReturnType<typeof pathsUnder>;
