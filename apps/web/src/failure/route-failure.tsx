import { useSession } from '@coatcheck/react';
import { useEffect, useRef } from 'react';
import { isRouteErrorResponse, useLocation, useNavigate, useRouteError } from 'react-router';
import { useTexts } from '../language/language.tsx';
import { wordsForFailedLogin } from '../shell/ending-texts.ts';
import { PageLink } from '../shell/page-link.tsx';
import { SignInLink } from '../shell/sign-in-link.tsx';
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
  const texts = useTexts();
  const { title, advice } = wordsForFailedLogin(code, texts);
  return (
    <div className="stack" role="alert">
      <title>{`${title} · Coatcheck demo`}</title>
      <h1>{title}</h1>
      <p>{advice}</p>
      <p className="small soft">
        {texts.shell.code} <code>{code}</code>
      </p>
      <div className="row">
        <SignInLink className="button">{texts.shell.tryAgain}</SignInLink>
        <PageLink to="/" className="button quiet">
          {texts.shell.toStart}
        </PageLink>
      </div>
    </div>
  );
}

function NotYours() {
  const { failures, shell } = useTexts();
  const { title, advice } = failures.pages.notYours;
  return (
    <div className="stack">
      <title>{`${title} · Coatcheck demo`}</title>
      <h1>{title}</h1>
      <p>{advice}</p>
      <PageLink to="/" className="button">
        {shell.toStart}
      </PageLink>
    </div>
  );
}

function Unreachable({ detail }: { detail: string | undefined }) {
  const session = useSession();
  const { failures, shell } = useTexts();
  const { title, advice } = failures.pages.unreachable;
  return (
    <div className="stack" role="alert">
      <title>{`${title} · Coatcheck demo`}</title>
      <h1>{title}</h1>
      <p>
        {detail} {advice}
      </p>
      <button type="button" className="button" onClick={() => void session.refetch()}>
        {shell.tryAgain}
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
  const { title, advice, again } = useTexts().failures.pages.broken;
  return (
    <div className="stack" role="alert">
      <title>{`${title} · Coatcheck demo`}</title>
      <h1>{title}</h1>
      <p>{advice}</p>
      <p className="small soft">
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
      <a href="/" className="button">
        {again}
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
