import { type AuthorizationServer, faults } from '@coatcheck/testing';

/** Decides about single refreshes at the authorization server. */
export interface ProviderScript {
  /**
   * Holds the next refresh of one person: before the server has acted on it, or when it has rotated the token and the
   * answer is about to go out.
   */
  hold(sub: string, point: 'before' | 'after'): Held;
  /** Resolves when the server has got so many refreshes of people whose `sub` starts like this. */
  arrivals(prefix: string, count: number): Promise<void>;
  /** What is held stays so; the next ones pass. */
  stop(): void;
}

export interface Held {
  readonly arrived: Promise<void>;
  /** Lets it go on as ever. */
  release(): void;
  /** Cuts the connection; one that was held before the server acted is never acted on. */
  drop(): void;
}

interface Rule {
  readonly point: 'before' | 'after';
  readonly arrived: () => void;
  readonly decided: Promise<'release' | 'drop'>;
}

export function scriptProvider(as: AuthorizationServer): ProviderScript {
  const rules = new Map<string, Rule>();
  const counts = new Set<{ readonly prefix: string; left: number; readonly enough: () => void }>();
  const off = as.on('token', 'always', async (exchange, next) => {
    const sent = exchange.request.form.get('refresh_token');
    const sub = as.issued().find(({ value }) => value === sent)?.grant.user.sub ?? '';
    for (const count of counts) {
      if (sub.startsWith(count.prefix)) count.left -= 1;
      if (count.left === 0) count.enough();
    }
    const rule = rules.get(sub);
    if (rule === undefined) return next();
    rules.delete(sub);
    const answer = rule.point === 'after' ? await next() : undefined;
    rule.arrived();
    if ((await rule.decided) === 'drop') return faults.reset()(exchange, next);
    return answer ?? next();
  });
  return {
    hold(sub, point) {
      const arrived = Promise.withResolvers<void>();
      const decided = Promise.withResolvers<'release' | 'drop'>();
      rules.set(sub, { point, arrived: arrived.resolve, decided: decided.promise });
      return {
        arrived: arrived.promise,
        release: () => decided.resolve('release'),
        drop: () => decided.resolve('drop'),
      };
    },
    arrivals(prefix, left) {
      const { promise, resolve } = Promise.withResolvers<void>();
      counts.add({ prefix, left, enough: resolve });
      return promise;
    },
    stop: off,
  };
}
