import { useEffect, useRef, useState } from 'react';

/** How long after `g` the second key counts, in milliseconds. */
const patience = 1_500;

const places: Readonly<Record<string, string>> = { h: '/', n: '/notes', p: '/profile' };

/** The keys that work on every page: `?` for the list of all, `g` and another to go somewhere. */
export function useShortcuts(goTo: (path: string) => void) {
  const [isListOpen, setListOpen] = useState(false);
  const go = useRef(goTo);
  go.current = goTo;
  useEffect(() => {
    let leaderAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      const path = event.timeStamp - leaderAt < patience ? places[event.key] : undefined;
      leaderAt = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (event.key === '?') setListOpen(true);
      if (path === undefined) return;
      event.stopImmediatePropagation(); // `n` alone means something else on the page of notes
      go.current(path);
    };
    // Before the page's own keys.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, []);
  return { isListOpen, setListOpen };
}

/** A key alone, where nobody is writing and no dialog is open (WCAG 2.1.4: none of them changes anything). */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
    return false;
  const target = event.target instanceof Element ? event.target : document.body;
  return (
    target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="alertdialog"]') ===
    null
  );
}
