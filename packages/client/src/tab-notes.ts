/** Short notes that live as long as the tab. */
export interface TabNotes {
  /** Null where there is none, or no place to keep one. */
  recall(key: string): string | null;
  /** Null forgets it. */
  remember(key: string, note: string | null): void;
}

/** A page's own, or those of this browser. */
export function tabNotes(page: Partial<TabNotes>): TabNotes {
  const { recall = fromStorage, remember = toStorage } = page;
  return { recall, remember };
}

function fromStorage(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // storage is blocked, or this is a server
  }
}

function toStorage(key: string, note: string | null): void {
  try {
    if (note === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, note);
  } catch {
    // as above
  }
}
