import {
  automaticLogins,
  type LoginOptions,
  loginErrorParameter,
  type Session,
  type SessionClient,
  type SignedIn,
} from '@coatcheck/client';
import {
  createContext,
  data,
  type LoaderFunctionArgs,
  type MiddlewareFunction,
  redirectDocument,
} from 'react-router';

/** The session in loaders, actions and middleware: `context.get(sessionContext)`. Set by `sessionMiddleware`. */
export const sessionContext = createContext<Session>();

const loginContext = createContext<ReturnType<typeof automaticLogins> | null>(null);

/** What a guard throws, as the `data` of a route error response (its status is 401, 403 or 503). */
export interface GuardRefusal {
  /** `role_required`, a code of the SDK, or the code that a failed sign-in came back with. */
  code: string;
  /** For people, where the SDK has a text. */
  detail?: string;
  /** The role that is missing. */
  role?: string;
}

type GuardArgs = Pick<LoaderFunctionArgs, 'request' | 'url' | 'context'>;

/**
 * Middleware for the root route: loads the session before any loader runs, and gives it to `sessionContext`.
 * While the browser is leaving to sign out it lets nothing through, so no guard can start a new sign-in.
 *
 * @example
 * createBrowserRouter([{ path: '/', middleware: [sessionMiddleware(client)], children }]);
 */
export function sessionMiddleware(client: SessionClient): MiddlewareFunction {
  const automaticLogin = automaticLogins(client);
  return async ({ request, context }, next) => {
    context.set(loginContext, automaticLogin);
    context.set(sessionContext, await settledSession(client, request.signal));
    return next();
  };
}

/**
 * For loaders, actions and middleware of routes that need a session: gives it, or leaves to sign in and comes
 * back to the address that was asked for, with query and fragment. It leaves at most once for one landing.
 *
 * @throws a document redirect to the sign-in; a route error response with `GuardRefusal` where signing in failed
 *   or came back without a session (401), or where the server cannot be asked (503)
 * @example
 * { path: 'notes', loader: (args) => loadNotes(requireSession(args).user.sub), Component: Notes }
 */
export function requireSession(args: GuardArgs, login: Omit<LoginOptions, 'returnTo'> = {}): SignedIn {
  const automaticLogin = args.context.get(loginContext);
  if (automaticLogin === null)
    throw new Error('Coatcheck: add middleware: [sessionMiddleware(client)] to the root route.');
  const session = args.context.get(sessionContext);
  if (session.status === 'signed-in') return session;
  if (session.status === 'unavailable') {
    throw refusal({ code: session.error.code, detail: session.error.detail }, 503);
  }
  // Only a navigation that is over already, or a closed client, gets here without an answer.
  if (session.status !== 'signed-out') throw refusal({ code: 'session_required' }, 401);

  // `request.url` keeps the query byte for byte but has lost the fragment, which `url` still knows.
  const { pathname, search, searchParams } = new URL(args.request.url);
  const failed = searchParams.get(loginErrorParameter);
  if (failed !== null) throw refusal({ code: failed }, 401);
  const attempt = automaticLogin({ ...login, returnTo: pathname + search + args.url.hash });
  if (attempt.kind === 'redirect') throw redirectDocument(attempt.url);
  throw refusal({ code: attempt.error.code, detail: attempt.error.detail }, 401);
}

/**
 * Like `requireSession`, for routes that make sense only with a role. It spares people a page they cannot use;
 * what they may do, the API decides.
 *
 * @throws as `requireSession`; a route error response 403 with `code: 'role_required'` without the role
 */
export function requireRole(
  args: GuardArgs,
  role: string,
  login: Omit<LoginOptions, 'returnTo'> = {},
): SignedIn {
  const session = requireSession(args, login);
  if (!session.roles.includes(role)) throw refusal({ code: 'role_required', role }, 403);
  return session;
}

function refusal(body: GuardRefusal, status: 401 | 403 | 503) {
  return data(body, { status });
}

async function settledSession(client: SessionClient, navigation: AbortSignal): Promise<Session> {
  const session = await client.load();
  if (session.status !== 'signing-out') return session;
  return new Promise((resolve) => {
    const stop = client.subscribe(() => {
      if (client.getState().status === 'signing-out') return;
      stop();
      resolve(settledSession(client, navigation));
    });
    navigation.addEventListener('abort', () => {
      stop();
      resolve(client.getState());
    });
  });
}
