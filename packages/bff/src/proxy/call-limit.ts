import type { IncomingMessage, ServerResponse } from 'node:http';

/** Counts the calls of each session that are under way in this process. */
export interface CallLimit {
  /**
   * Lets a call in until its answer has gone out or its client has left.
   *
   * @param session its id
   * @param response nothing was written to it, and its client was there a moment ago
   * @returns false where the session has as many as one may
   */
  enter(session: string, request: IncomingMessage, response: ServerResponse): boolean;
  /** Calls under way. */
  readonly held: number;
}

/** @param most calls of one session at a time */
export function createCallLimit(most: number): CallLimit {
  const sessions = new Map<string, number>();
  let held = 0;
  const count = (session: string, by: 1 | -1) => {
    const calls = (sessions.get(session) ?? 0) + by;
    held += by;
    if (calls === 0) sessions.delete(session);
    else sessions.set(session, calls);
  };
  return {
    enter(session, { socket }, response) {
      if ((sessions.get(session) ?? 0) >= most) return false;
      count(session, 1);
      // A pipelined response that has no socket yet is not told that the connection closed.
      const waiting = response.socket === null ? socket.setMaxListeners(0) : undefined;
      let isIn = true;
      const leave = () => {
        if (isIn) count(session, -1);
        isIn = false;
        waiting?.off('close', leave);
      };
      response.once('close', leave);
      waiting?.once('close', leave);
      return true;
    },
    get held() {
      return held;
    },
  };
}
