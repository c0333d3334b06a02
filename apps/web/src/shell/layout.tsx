import { useSession } from '@coatcheck/react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Outlet, useLocation, useNavigation } from 'react-router';
import { ExpiryWarning } from './expiry-warning.tsx';
import { SiteHeader } from './site-header.tsx';
import './layout.css';

export function Layout() {
  return (
    <Frame>
      <Outlet />
    </Frame>
  );
}

/** Shown until the session is known and the first page is ready. */
export function LayoutWhileLoading() {
  return (
    <Frame>
      <p className="soft waiting">One moment…</p>
    </Frame>
  );
}

export function Frame({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  useFocusAfterNavigation(main);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <SiteHeader />
      <ExpiryWarning onStay={() => main.current?.focus({ preventScroll: true })} />
      <NavigationProgress />
      <main id="main" ref={main} tabIndex={-1}>
        <StaleNotice />
        {children}
      </main>
      <footer className="site-footer small soft">
        <p>
          The demo of <strong>Coatcheck</strong>, a backend-for-frontend: tokens stay on the server (RFC
          10017).
        </p>
      </footer>
    </>
  );
}

function NavigationProgress() {
  const isBusy = useNavigation().state !== 'idle';
  return (
    <p className="progress small" role="status">
      {isBusy && <span>Loading the page…</span>}
    </p>
  );
}

function StaleNotice() {
  const session = useSession();
  if (session.status !== 'signed-in' || !session.stale) return null;
  return (
    <section className="notice page-notice" role="status">
      <h2>The session could not be checked just now</h2>
      <p>{session.error?.detail} You are still signed in, and nothing was lost.</p>
      <button type="button" className="button quiet compact" onClick={() => void session.refetch()}>
        Check again
      </button>
    </section>
  );
}

/** A new page starts at its top, for eyes and for screen readers alike. */
function useFocusAfterNavigation(main: React.RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, main]);
}
