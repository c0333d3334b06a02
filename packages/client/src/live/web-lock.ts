/** A wish for a lock that one page of the browser holds at a time. */
export interface LockRequest {
  /** Takes the lock from whoever holds it. */
  steal: boolean;
  /** It is this page's now. */
  onHeld(): void;
  /** Another page took it. */
  onLost(): void;
}

/**
 * Queues for a lock that one page of this browser holds at a time.
 *
 * @returns how to let go of it, or to leave the queue
 */
export function holdLock(
  locks: LockManager,
  name: string,
  { steal, onHeld, onLost }: LockRequest,
): () => void {
  const leave = new AbortController();
  let isHeld = false;
  let letGo = () => leave.abort();
  const hold = () => {
    if (leave.signal.aborted) return;
    isHeld = true;
    onHeld();
    return new Promise<void>((resolve) => {
      letGo = () => {
        isHeld = false;
        resolve();
      };
    });
  };
  locks.request(name, steal ? { steal } : { signal: leave.signal }, hold).catch(() => {
    // Where the request itself was refused there is nothing to lose.
    if (isHeld) onLost();
  });
  return () => letGo();
}
