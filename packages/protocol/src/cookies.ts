/** The part of the cookies' names after the prefix, unless configured otherwise. */
export const defaultCookieName = 'coatcheck';

/**
 * The names of the BFF's cookies. Browsers that do not know `__Host-Http-` still apply the rules of `__Host-`
 * (RFC 10017 §6.1.3.2).
 *
 * @param name the configurable part; ports share cookies, so two BFFs on one host need two names
 */
export function cookieNames(name: string = defaultCookieName) {
  return {
    /** Opens the session: SameSite=Strict. */
    ticket: `__Host-Http-${name}`,
    /** Tells login and callback which session is here, opens nothing: SameSite=Lax. */
    here: `__Host-Http-${name}-here`,
    /** Prefix of the cookies that hold one login transaction each. */
    loginPrefix: `__Host-Http-${name}-login-`,
    /** When the last sign-ins were started, so that a loop can be broken. */
    starts: `__Host-Http-${name}-starts`,
    /** Holds the state of an RP-initiated logout. */
    logout: `__Host-Http-${name}-logout`,
  } as const;
}

/** What {@link cookieNames} returns. */
export type CookieNames = ReturnType<typeof cookieNames>;
