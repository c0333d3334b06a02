/** One read at a time, however many ask. */
export interface SharedRead<T> {
  /** Joins the read that is under way, or starts one. */
  join(): Promise<T>;
  /** Waits for a read that starts from now on, since one under way may have missed what just happened. */
  renew(): Promise<T>;
}

/** @param read must not reject */
export function shareReads<T>(read: () => Promise<T>): SharedRead<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function join(): Promise<T> {
    current ??= read().finally(() => {
      current = null;
    });
    return current;
  }

  function renew(): Promise<T> {
    if (current === null) return join();
    next ??= current.then(() => {
      next = null;
      return join();
    });
    return next;
  }

  return { join, renew };
}
