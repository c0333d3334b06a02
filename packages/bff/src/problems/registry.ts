import type { ProblemCode, ProblemDetails, SignedOutReason } from '@coatcheck/protocol';

interface Entry {
  readonly status: number;
  readonly title: string;
  /** What happened, what is safe, what to do: shown to anybody. */
  readonly detail: string;
}

/** Every error that the BFF can answer with. What is private goes to the log, never in here. */
export const problemRegistry = {
  cross_site_request: entry(
    403,
    'Cross-site request refused',
    'This call did not prove that it comes from our own pages. Call it from the app, by fetch or form; a script without Fetch Metadata sends X-Requested-With, and its Origin for other methods than GET and HEAD.',
  ),
  navigation_required: entry(
    403,
    'Not a navigation',
    'Signing in starts by a top-level navigation: set location or follow a link. It cannot be fetched, framed or prefetched.',
  ),
  session_required: entry(
    401,
    'Sign-in required',
    'There is no session for this call. Sign in and call again.',
  ),
  insufficient_scope: entry(
    403,
    'Not permitted',
    'The session lacks a scope that this route needs. Sign in with more consent, or ask for permission.',
  ),
  step_up_required: entry(
    401,
    'Stronger sign-in needed',
    'The API wants you to have signed in more recently or more strongly. Sign in again, then repeat the call. You are still signed in.',
  ),
  connection_required: entry(
    403,
    'Account not connected',
    'This call needs an account of another provider, and the session has none. Connect it, then repeat the call.',
  ),
  not_allowed: entry(
    403,
    'Not allowed',
    'You signed in, but this account may not come in here. Use another account, or ask the operator.',
  ),
  invalid_return_to: entry(
    400,
    'Invalid return address',
    'return_to must be a path on this origin, at most 1,024 bytes long, for example /orders?id=7.',
  ),
  invalid_parameter: entry(
    400,
    'Invalid parameter',
    'A parameter is repeated, malformed or not allowed. Correct it and try again.',
  ),
  unknown_provider: entry(
    404,
    'Unknown provider',
    'No such provider is configured. See the list of providers.',
  ),
  login_loop: entry(
    429,
    'Too many sign-ins',
    'Sign-in was started over and over, so it was stopped. Wait a few seconds; if it happens again, the app sends you around in a circle, or this browser blocks cookies.',
  ),
  unknown_login: entry(
    400,
    'Unknown sign-in',
    'This browser did not start this sign-in, or its cookie is gone. Start again.',
  ),
  login_already_used: entry(
    400,
    'Sign-in already used',
    'This sign-in was completed before. Start again if you are not signed in.',
  ),
  login_expired: entry(400, 'Sign-in expired', 'The sign-in took more than ten minutes. Start again.'),
  issuer_mismatch: entry(
    400,
    'Wrong provider',
    'The answer came from another provider than the one that was asked. Nothing was sent to it. Start again.',
  ),
  invalid_callback: entry(400, 'Invalid answer', "The provider's answer is malformed. Start again."),
  access_denied: entry(
    403,
    'Access denied',
    'The provider or you refused the sign-in. Nothing was changed. You can try again.',
  ),
  login_required: entry(
    401,
    'Sign-in required at the provider',
    'The provider wants you to sign in there. Start again.',
  ),
  interaction_required: entry(
    401,
    'The provider needs your answer',
    'The provider must ask you something first. Start again.',
  ),
  provider_error: entry(
    400,
    'The provider refused',
    'The provider answered with an error. Try again; if it stays, tell the operator the code.',
  ),
  provider_busy: entry(
    400,
    'Provider busy',
    'The provider is too busy to sign anybody in right now. Try again in a moment.',
  ),
  provider_unavailable: entry(
    503,
    'Provider unavailable',
    'The provider cannot be reached or is overloaded. You lost nothing; try again in a moment.',
  ),
  provider_misconfigured: entry(
    502,
    'Provider misconfigured',
    'What the provider says of itself does not fit our configuration. Tell the operator the code.',
  ),
  provider_response_invalid: entry(
    502,
    'Invalid provider response',
    'The provider answered with something unusable, so nobody was signed in. Try again.',
  ),
  id_token_invalid: entry(
    502,
    'Invalid ID token',
    "The provider's ID token failed a check, so nobody was signed in. Try again; if it stays, tell the operator the code.",
  ),
  missing_scope: entry(
    403,
    'Permission missing',
    'The provider did not grant a permission that this app cannot do without. Sign in again and allow it.',
  ),
  step_up_failed: entry(
    403,
    'Stronger sign-in needed',
    'You are signed in less strongly or less recently than was asked, also after signing in again. Nothing was changed.',
  ),
  identity_mismatch: entry(
    403,
    'Somebody else signed in',
    'This was to confirm who is signed in, but another account signed in at the provider. Your session is as it was. Try again with the same account, or sign out first.',
  ),
  session_changed: entry(
    409,
    'The session changed meanwhile',
    'The session that this sign-in was for ended, or was replaced in another tab. Nothing was changed. Go back and try again.',
  ),
  signed_out_meanwhile: entry(
    401,
    'Signed out meanwhile',
    'The provider signed you out while this sign-in was under way. Start again.',
  ),
  invalid_logout_token: entry(
    400,
    'Invalid logout token',
    'The logout token is missing, repeated, invalid or was used before. Nothing was ended.',
  ),
  token_denied: entry(
    403,
    'No token for this API',
    'The provider gives this session no token for this API. Sign in again with more consent, or ask for permission.',
  ),
  refresh_unavailable: entry(
    503,
    'Token refresh unavailable',
    'The provider cannot renew access right now. You are still signed in; try again later.',
  ),
  store_unavailable: entry(
    503,
    'Session store unavailable',
    'Sessions cannot be read right now. You are still signed in; try again later.',
  ),
  retry_with_nonce: entry(
    503,
    'Send it again',
    'The API asked for a fresh proof, which is at hand now, but the body of this call was not kept. It did nothing. Send it again.',
  ),
  upstream_unreachable: entry(
    502,
    'API unreachable',
    'The API behind this route cannot be reached. You are still signed in; try again later.',
  ),
  upstream_timeout: entry(
    504,
    'API timed out',
    'The API behind this route took too long. It may have done its work; check before you repeat it.',
  ),
  upstream_invalid: entry(
    502,
    'Invalid API answer',
    'The API behind this route gave an answer that cannot be passed on.',
  ),
  service_worker_refused: entry(
    403,
    'Service worker refused',
    'An API cannot serve a service worker on this origin.',
  ),
  websocket_refused: entry(
    403,
    'No WebSocket here',
    'This route takes no WebSockets. Call it by fetch; an operator can set websocket for the route.',
  ),
  too_many_websockets: entry(
    429,
    'Too many WebSockets',
    'This session has as many WebSockets open as one may. Close one, or share one between tabs.',
  ),
  too_many_calls: entry(
    429,
    'Too many calls at a time',
    'This session has as many calls under way as one may. This one did nothing. Wait for another to end, or as long as Retry-After says, then repeat it.',
  ),
  malformed_request: entry(
    400,
    'Malformed request',
    'The request is not well-formed HTTP, or is ambiguous. Send it again in a plain form.',
  ),
  ambiguous_path: entry(
    400,
    'Ambiguous path',
    'The path has dot segments, empty segments, backslashes or encoded separators. Write it plainly.',
  ),
  unknown_host: entry(421, 'Unknown host', 'This server does not answer for that host. Use its public URL.'),
  not_found: entry(404, 'Not found', 'There is nothing here.'),
  method_not_allowed: entry(
    405,
    'Method not allowed',
    'See the Allow header for the methods that this address knows.',
  ),
  request_timeout: entry(408, 'Request timed out', 'The request took too long to arrive. Send it again.'),
  payload_too_large: entry(413, 'Body too large', 'The body is larger than this route takes.'),
  uri_too_long: entry(414, 'Address too long', 'The address is longer than this server takes.'),
  unsupported_media_type: entry(
    415,
    'Unsupported media type',
    'Send application/json or application/x-www-form-urlencoded.',
  ),
  headers_too_large: entry(
    431,
    'Headers too large',
    'The headers or cookies of the request are too large. Clear the cookies of this site and try again.',
  ),
  too_many_streams: entry(
    503,
    'Too many streams',
    'As many streams are open as this server takes. Try again later.',
  ),
  rate_limited: entry(
    429,
    'Too many requests',
    'Too many requests came from this address or session. Nothing was changed. Wait as long as Retry-After says, then go on.',
  ),
  overloaded: entry(
    503,
    'Server busy',
    'The server has more to do than it can. You are still signed in; try again in a moment.',
  ),
  internal_error: entry(
    500,
    'Internal error',
    'Something broke on our side. Try again; if it stays, tell the operator the request id.',
  ),
} as const satisfies Record<ProblemCode, Entry>;

function entry(status: number, title: string, detail: string): Entry {
  return { status, title, detail };
}

/** Members of an answer that tell what sign-in would help. */
export type Remedy = Pick<
  ProblemDetails,
  'provider' | 'acr_values' | 'max_age' | 'scope' | 'consent' | 'loginUrl'
>;

/** An error to answer with, as a value. */
export interface Problem {
  readonly code: ProblemCode;
  /** Why there is no session; with `session_required`. */
  readonly reason?: SignedOutReason;
  /** Instead of the registered one: 503 says that it is known to pass. */
  readonly status?: 503;
  /** Seconds for `Retry-After`. */
  readonly retryAfter?: number;
  /** What a sign-in must be asked for, so that the call passes after it. */
  readonly remedy?: Remedy;
  /** For `Allow`, with `method_not_allowed`. */
  readonly allow?: readonly string[];
  /** For the log alone. */
  readonly privateDetail?: string;
}

/** A {@link Problem} that is thrown; only where a value cannot be returned. */
export class CoatcheckError extends Error {
  readonly code: ProblemCode;
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.privateDetail ?? problemRegistry[problem.code].title, options);
    this.name = 'CoatcheckError';
    this.code = problem.code;
    this.problem = problem;
  }
}
