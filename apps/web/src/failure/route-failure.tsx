import { LoginLink, useSession } from '@coatcheck/react';
import { useEffect, useRef } from 'react';
import { isRouteErrorResponse, Link, useLocation, useNavigate, useRouteError } from 'react-router';
import { wordsForFailedLogin } from '../shell/ending-texts.ts';
import { NotFound } from './not-found.tsx';

/** What a page shows instead of itself: a guard's refusal, or a mistake of ours. */
export function RouteFailure() {
  const error = useRouteError();
  useAnotherTry();
  if (!isRouteErrorResponse(error)) return <Broken error={error} />;
  const { code, detail } = refusalFrom(error.data);
  switch (error.status) {
    case 401:
      return <SignInFailed code={code} />;
    case 403:
      return <NotYours />;
    case 404:
      return <NotFound />;
    default:
      return <Unreachable detail={detail} />;
  }
}

function SignInFailed({ code }: { code: string }) {
  const { title, advice } = wordsForFailedLogin(code);
  return (
    <div className="stack" role="alert">
      <title>Not signed in · Coatcheck demo</title>
      <h1>{title}</h1>
      <p>{advice}</p>
      <p className="small soft">
        Code: <code>{code}</code>
      </p>
      <div className="row">
        <LoginLink className="button" onError="return">
          Try again
        </LoginLink>
        <Link to="/" className="button quiet">
          To the start
        </Link>
      </div>
    </div>
  );
}

function NotYours() {
  return (
    <div className="stack">
      <title>Not permitted · Coatcheck demo</title>
      <h1>This page is for administrators</h1>
      <p>You are signed in, but without the role that it needs. The API would refuse its data as well.</p>
      <p>
        In the demo, <code>admin@example.test</code> has that role.
      </p>
      <Link to="/" className="button">
        To the start
      </Link>
    </div>
  );
}

function Unreachable({ detail }: { detail: string | undefined }) {
  const session = useSession();
  return (
    <div className="stack" role="alert">
      <title>Not reachable · Coatcheck demo</title>
      <h1>The server cannot be asked who you are</h1>
      <p>{detail} You may still be signed in, and nothing was lost.</p>
      <button type="button" className="button" onClick={() => void session.refetch()}>
        Try again
      </button>
    </div>
  );
}

/** The guard decides again once the session is another one: the server answered, or a sign-in in another tab. */
function useAnotherTry(): void {
  const session = useSession();
  const who = session.status === 'signed-in' ? session.user.sub : session.status;
  const location = useLocation();
  const navigate = useNavigate();
  const refused = useRef(who);
  useEffect(() => {
    if (refused.current === who) return;
    refused.current = who;
    if (session.status !== 'signed-in' && session.status !== 'signed-out') return;
    // Revalidating is not enough: where it is quick, the router's boundary keeps the error it has.
    void navigate(location, { replace: true });
  }, [who, session.status, location, navigate]);
}

function Broken({ error }: { error: unknown }) {
  return (
    <div className="stack" role="alert">
      <title>Error · Coatcheck demo</title>
      <h1>This page broke</h1>
      <p>That is a mistake in the demo. Your session and what you saved are untouched.</p>
      <p className="small soft">
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <a href="/" className="button">
        Start over
      </a>
    </div>
  );
}

function refusalFrom(data: unknown): { code: string; detail: string | undefined } {
  const { code, detail } = typeof data === 'object' && data !== null ? { code: '', detail: '', ...data } : {};
  return {
    code: typeof code === 'string' ? code : 'unknown_problem',
    detail: typeof detail === 'string' ? detail : undefined,
  };
}
