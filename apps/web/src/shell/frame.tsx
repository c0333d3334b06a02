import { useSession } from '@coatcheck/react';
import { lazy, type ReactNode, type RefObject, Suspense, useRef } from 'react';
import { useTexts } from '../language/language.tsx';
import { ExpiryWarning } from './expiry-warning.tsx';
import { SiteHeader } from './site-header.tsx';
import { useGoTo } from './use-go-to.ts';
import { useOnline } from './use-online.ts';
import { useShortcuts } from './use-shortcuts.ts';
import './layout.css';

const ShortcutsDialog = lazy(async () => ({
  default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
}));

/** What is around every page. */
export function Frame({ main, children }: { main?: RefObject<HTMLElement | null>; children: ReactNode }) {
  const { shell } = useTexts();
  const own = useRef<HTMLElement>(null);
  const place = main ?? own;
  const goTo = useGoTo();
  const { isListOpen, setListOpen } = useShortcuts(goTo);
  return (
    <>
      <a className="skip-link" href="#main">
        {shell.skip}
      </a>
      <SiteHeader />
      <ExpiryWarning onStay={() => place.current?.focus({ preventScroll: true })} />
      <main id="main" ref={place} tabIndex={-1}>
        <OfflineNotice />
        <StaleNotice />
        {children}
      </main>
      <footer className="site-footer small soft">
        <p>{shell.footer}</p>
        <button type="button" className="link-button" onClick={() => setListOpen(true)}>
          {shell.keyboard} <kbd>?</kbd>
        </button>
      </footer>
      {isListOpen && (
        <Suspense>
          <ShortcutsDialog onClose={() => setListOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

function OfflineNotice() {
  const { offline } = useTexts().shell;
  if (useOnline()) return null;
  return (
    <section className="notice page-notice" role="status">
      <h2>{offline.title}</h2>
      <p>{offline.advice}</p>
    </section>
  );
}

function StaleNotice() {
  const session = useSession();
  const { stale } = useTexts().shell;
  const isOnline = useOnline();
  if (!isOnline || session.status !== 'signed-in' || !session.stale) return null;
  return (
    <section className="notice page-notice" role="status">
      <h2>{stale.title}</h2>
      <p>
        {session.error?.detail} {stale.advice}
      </p>
      <button type="button" className="button quiet compact" onClick={() => void session.refetch()}>
        {stale.again}
      </button>
    </section>
  );
}
