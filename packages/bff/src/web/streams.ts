/** One open stream. */
export interface OpenStream {
  /** What ends it when the server stops. */
  onStop(stop: () => void): void;
  closed(): void;
}

/** The open event streams of this process. */
export interface Streams {
  /** Undefined where as many are open as the process takes, or it is stopping. */
  open(): OpenStream | undefined;
  /** Tells every stream to go elsewhere, and lets no more in. */
  stop(): void;
}

/** @param most streams at a time */
export function createStreams(most: number): Streams {
  const open = new Map<symbol, () => void>();
  let stopping = false;
  return {
    open() {
      if (stopping || open.size >= most) return undefined;
      const key = Symbol('stream');
      open.set(key, () => undefined);
      return {
        onStop(stop) {
          open.set(key, stop);
          if (stopping) stop();
        },
        closed: () => open.delete(key),
      };
    },
    stop() {
      stopping = true;
      for (const stop of [...open.values()]) stop();
    },
  };
}

/** Of an event stream of ours: nobody on the way may keep it, or hold events back until a buffer is full. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;
