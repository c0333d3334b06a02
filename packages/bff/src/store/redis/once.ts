import type { OnceStore } from '../store.ts';
import type { Keys } from './keys.ts';
import { isOne, numberIn } from './reply.ts';
import { command, run } from './request.ts';
import { claimScript } from './scripts.ts';
import type { RedisServer } from './server.ts';

/** Milliseconds for which a name outlives its expiry: no process's clock may find it free before it is. */
const clockSkew = 120_000;

export function openOnce(server: RedisServer, keys: Keys): OnceStore {
  return {
    async claim(name, now, expiresAt) {
      const life = Math.ceil(Math.max(0, expiresAt - now) + clockSkew);
      const args = [now, expiresAt, life].map(String);
      return isOne(await server.send(run(claimScript, keys.once(name), ...args)));
    },
    async isClaimed(name, now) {
      const taken = await server.send(command('GET', keys.once(name)));
      return taken !== null && numberIn(taken) > now;
    },
  };
}
