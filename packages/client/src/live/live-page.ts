import type { Page } from '../page.ts';
import { holdLock, type LockRequest } from './web-lock.ts';

/** What only the part that follows the server needs of the page. */
export interface LivePage {
  /** The page is frozen in its tab, and later runs again. Not told of one in the back/forward cache. */
  onFreeze(frozen: () => void, resumed: () => void): () => void;
  /** Runs something after some milliseconds, unless the returned function is called before. */
  after(milliseconds: number, run: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
  /**
   * Queues for a lock that one page of this browser holds at a time (Web Locks); the returned function lets go of it,
   * or leaves the queue. Null where the browser has no such locks.
   */
  holdLock(name: string, request: LockRequest): (() => void) | null;
}

const browser: LivePage = {
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  holdLock: holdBrowserLock,
  onFreeze: onBrowserFreeze,
};

/** A page that has all of it: its own, or what this browser has. Null where there is no browser. */
export function livePage(page: Page & Partial<LivePage>): (Page & LivePage) | null {
  if (hasAll(page)) return page;
  return typeof window === 'undefined' ? null : { ...page, ...browser };
}

function hasAll(page: Page & Partial<LivePage>): page is Page & LivePage {
  return Boolean(page.after && page.random && page.holdLock && page.onFreeze);
}

function holdBrowserLock(name: string, request: LockRequest): (() => void) | null {
  // Not there on a page without TLS, which the type does not know.
  const locks: LockManager | null | undefined = navigator.locks;
  return locks ? holdLock(locks, name, request) : null;
}

function onBrowserFreeze(frozen: () => void, resumed: () => void): () => void {
  const stop = new AbortController();
  let isLeft = false;
  window.addEventListener('pagehide', () => (isLeft = true), stop);
  window.addEventListener('pageshow', () => (isLeft = false), stop);
  document.addEventListener('freeze', () => isLeft || frozen(), stop);
  document.addEventListener('resume', () => isLeft || resumed(), stop);
  return () => stop.abort();
}
