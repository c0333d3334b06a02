import { type RefObject, useEffect, useRef } from 'react';
import { isShortcut } from '../shell/use-shortcuts.ts';

/** The keys of this page: `n` for a new note, `/` for the search. */
export function useNotesKeys(onNew: () => void, search: RefObject<HTMLInputElement | null>): void {
  const start = useRef(onNew);
  start.current = onNew;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isShortcut(event) || (event.key !== 'n' && event.key !== '/')) return;
      event.preventDefault(); // else the letter is typed into the field
      if (event.key === 'n') start.current();
      else search.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [search]);
}
