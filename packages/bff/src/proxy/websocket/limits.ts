/** Counts the WebSockets of this process: each holds two file descriptors. */
export interface WebSocketLimits {
  /**
   * @param origin of the upstream
   * @param session its id; undefined for an anonymous one
   * @param perSession how many one session may have
   * @returns how to leave, or which limit is reached
   */
  enter(
    origin: string,
    session: string | undefined,
    perSession: number,
  ): (() => void) | 'upstream_full' | 'session_full';
  /** How many there are to an upstream. */
  held(origin: string): number;
}

/** @param perUpstream how many one upstream gets */
export function createWebSocketLimits(perUpstream: number): WebSocketLimits {
  const upstreams = new Map<string, number>();
  const sessions = new Map<string, number>();
  return {
    enter(origin, session, perSession) {
      if ((upstreams.get(origin) ?? 0) >= perUpstream) return 'upstream_full';
      if (session !== undefined && (sessions.get(session) ?? 0) >= perSession) return 'session_full';
      count(upstreams, origin, 1);
      if (session !== undefined) count(sessions, session, 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        count(upstreams, origin, -1);
        if (session !== undefined) count(sessions, session, -1);
      };
    },
    held: (origin) => upstreams.get(origin) ?? 0,
  };
}

function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const value = (counts.get(key) ?? 0) + by;
  if (value === 0) counts.delete(key);
  else counts.set(key, value);
}
