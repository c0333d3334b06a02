import { type Answer, type Handled, handled } from './answer.ts';
import { createGate, type Gate } from './gate.ts';

/** How often a handler applies. */
export type Times = 'once' | 'always' | number;

/** Works out the answer that would be given without this handler. */
export type Next = () => Promise<Answer | Handled>;

/** Stands between a request and its answer: may answer itself, or change, delay or drop what `next` gives. */
export type Handler<Exchange> = (
  exchange: Exchange,
  next: Next,
) => Answer | Handled | Promise<Answer | Handled>;

/** When a held request stops: before the server has acted on it, or after that and before the answer goes out. */
export type HoldPoint = 'before' | 'after';

interface Entry<Exchange> {
  matches: (exchange: Exchange) => boolean;
  left: number;
  handler: Handler<Exchange>;
}

/** The handlers of one server. */
export interface Script<Exchange> {
  on(matches: (exchange: Exchange) => boolean, times: Times, handler: Handler<Exchange>): () => void;
  hold(matches: (exchange: Exchange) => boolean, point: HoldPoint): Gate;
  run(exchange: Exchange, normally: Next): Promise<Answer | Handled>;
  clear(): void;
}

/**
 * A list of handlers. Of those that match a request, the oldest that is limited in number is used up first, then
 * every `always` one applies, the newest outermost; each reaches the rest by `next`.
 */
export function createScript<Exchange>(): Script<Exchange> {
  let limited: Entry<Exchange>[] = [];
  let standing: Entry<Exchange>[] = [];
  const gates = new Set<Gate>();

  const script: Script<Exchange> = {
    on(matches, times, handler) {
      const entry = { matches, handler, left: times === 'once' ? 1 : times === 'always' ? Infinity : times };
      if (entry.left === Infinity) standing.unshift(entry);
      else limited.push(entry);
      return () => {
        limited = limited.filter((other) => other !== entry);
        standing = standing.filter((other) => other !== entry);
      };
    },
    hold(matches, point) {
      const gate = createGate(() => {
        off();
        gates.delete(gate);
      });
      gates.add(gate);
      const off = script.on(matches, 'always', async (_, next) => {
        const answer = point === 'after' ? await next() : undefined;
        await gate.pass();
        return answer ?? next();
      });
      return gate;
    },
    async run(exchange, normally) {
      const first = limited.find((entry) => entry.matches(exchange));
      if (first) {
        first.left -= 1;
        if (first.left <= 0) limited = limited.filter((entry) => entry !== first);
      }
      const chain = [...(first ? [first] : []), ...standing.filter((entry) => entry.matches(exchange))];
      return chain.reduceRight<Next>((next, entry) => async () => entry.handler(exchange, next), normally)();
    },
    clear() {
      limited = [];
      standing = [];
      for (const gate of [...gates]) gate.release();
    },
  };
  return script;
}

/** The answer of `next`, for handlers that change answers: one that was already sent cannot be changed. */
export async function answerOf(next: Next): Promise<Answer> {
  const answer = await next();
  if (answer === handled)
    throw new Error('The answer was already sent by another handler, so it cannot be changed.');
  return answer;
}
