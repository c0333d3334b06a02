import type { CounterStore } from '../store.ts';
import type { Keys } from './keys.ts';
import { listIn, numberIn } from './reply.ts';
import { run } from './request.ts';
import { incrementScript } from './scripts.ts';
import type { RedisServer } from './server.ts';

export function openCounters(server: RedisServer, keys: Keys): CounterStore {
  return {
    async increment(name, by, now, window) {
      const args = [by, now, now + window, Math.max(1, Math.ceil(window))].map(String);
      const [count, expiresAt] = listIn(await server.send(run(incrementScript, keys.counter(name), ...args)));
      return { count: numberIn(count), expiresAt: numberIn(expiresAt) };
    },
  };
}
