/** A limit on time that is running. */
export interface Limit {
  readonly signal: AbortSignal;
  stop(): void;
}

/** How often waiting sockets are read before the limit counts: an answer comes in a few pieces. */
const lastLooks = 8;

/**
 * Aborts its signal after so long, but reads what waits in the sockets first: a process that stood still finds its timer
 * run out and the answer there at the same moment, and a refresh whose answer is thrown away is a rotated token lost.
 *
 * @param milliseconds until then
 */
export function startLimit(milliseconds: number): Limit {
  const controller = new AbortController();
  let immediate: NodeJS.Immediate | undefined;
  const look = (left: number) => {
    if (left === 0) controller.abort(new DOMException('The provider gave no answer in time', 'TimeoutError'));
    else immediate = setImmediate(look, left - 1);
  };
  const timer = setTimeout(look, milliseconds, lastLooks);
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      clearImmediate(immediate);
    },
  };
}
