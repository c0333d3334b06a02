import { useEffect, useRef } from 'react';
import { Outlet, useLocation, useNavigate, useNavigation } from 'react-router';
import { useTexts } from '../language/language.tsx';
import { Frame } from './frame.tsx';
import { GoToContext } from './use-go-to.ts';

export function Layout() {
  const main = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  useFocusAfterNavigation(main);
  return (
    <GoToContext value={(path) => void navigate(path)}>
      <Frame main={main}>
        <NavigationProgress />
        <Outlet />
      </Frame>
    </GoToContext>
  );
}

/** Shown until the session is known and the first page is ready. */
export function LayoutWhileLoading() {
  const { moment } = useTexts().shell;
  return (
    <Frame>
      <div className="page" aria-busy="true">
        <p className="visually-hidden" role="status">
          {moment}
        </p>
        <div className="waiting stack wide" aria-hidden="true">
          <div className="skeleton skeleton-title" />
          <div className="skeleton skeleton-block" />
        </div>
      </div>
    </Frame>
  );
}

function NavigationProgress() {
  const isBusy = useNavigation().state !== 'idle';
  const { loadingPage } = useTexts().shell;
  return (
    <p className="progress small" role="status">
      {isBusy && <span>{loadingPage}</span>}
    </p>
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
