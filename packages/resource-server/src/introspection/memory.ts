import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Introspected } from './response.ts';

/** How often to ask about tokens. Times are seconds. */
export interface MemoryPolicy {
  /** How long an answer holds; 0 asks each time. */
  readonly maxAge: number;
  /** How many answers are kept. */
  readonly size: number;
  /** No question for this time after one that failed. */
  readonly backoff: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Questions on their way at a time; whoever sends made-up tokens gets no more out of the authorization server. */
const mostAtOnce = 256;

/**
 * Asks about each token once at a time, and keeps the answers for a while: never beyond the token's `exp`, and never
 * the token itself.
 *
 * @param ask whatever it rejects with means that there is no answer
 */
export function remembering(
  ask: (token: string) => Promise<Introspected>,
  { maxAge, size, backoff, clock }: MemoryPolicy,
): (token: string) => Promise<Introspected> {
  const answers = new LRUCache<string, { answer: Introspected; until: number }>({ max: size });
  const asking = new Map<string, Promise<Introspected>>();
  let failedAt: number | undefined;

  const recall = (key: string): Introspected | undefined => {
    const kept = answers.get(key);
    return kept && kept.until > clock() ? kept.answer : undefined;
  };

  const question = async (key: string, token: string): Promise<Introspected> => {
    try {
      const answer = await ask(token);
      failedAt = answer.kind === 'unavailable' ? clock() : undefined;
      answers.set(key, { answer, until: endOf(answer, maxAge * 1000, clock()) });
      return answer;
    } catch (cause) {
      failedAt = clock();
      return unavailable('the introspection endpoint cannot be asked', cause);
    } finally {
      asking.delete(key);
    }
  };

  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64url');
    const known = recall(key) ?? asking.get(key);
    if (known !== undefined) return known;
    const passed = failedAt === undefined ? Number.POSITIVE_INFINITY : clock() - failedAt;
    if (passed >= 0 && passed < backoff * 1000) return unavailable('waiting after a failed introspection');
    if (asking.size >= mostAtOnce) return unavailable(`${mostAtOnce} introspections are on their way`);
    const asked = question(key, token);
    asking.set(key, asked);
    return asked;
  };
}

/** Until when an answer holds. Milliseconds. A token that is not active now will not be later. */
function endOf(answer: Introspected, maxAge: number, now: number): number {
  if (answer.kind === 'inactive') return now + maxAge;
  if (answer.kind !== 'active') return now;
  const { exp } = answer.claims;
  return typeof exp === 'number' ? Math.min(now + maxAge, exp * 1000) : now;
}

function unavailable(message: string, cause?: unknown): Introspected {
  return { kind: 'unavailable', error: new Error(message, { cause }) };
}
