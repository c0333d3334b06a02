import { messageOf } from '../change.ts';
import type { LeaseStore } from '../store.ts';
import { leaseRemembered } from '../sweeping.ts';
import type { Keys } from './keys.ts';
import { isOne, listIn, numberIn, textIn } from './reply.ts';
import { run } from './request.ts';
import { acquireScript, markAttemptScript, releaseScript } from './scripts.ts';
import type { RedisServer } from './server.ts';

export function openLeases(server: RedisServer, keys: Keys): LeaseStore {
  return {
    async acquire(name, holder, now, expiresAt) {
      const life = Math.ceil(Math.max(0, expiresAt - now) + leaseRemembered);
      const times = [now, expiresAt, life].map(String);
      const [first, attempted] = listIn(
        await server.send(run(acquireScript, keys.lease(name), holder, ...times)),
      );
      if (attempted === undefined) return { acquired: false, expiresAt: numberIn(first) };
      return { acquired: true, fence: numberIn(first), afterAttempt: textIn(attempted) === '1' };
    },

    async markAttempt(name, holder) {
      return isOne(await server.send(run(markAttemptScript, keys.lease(name), holder)));
    },

    async release(name, holder) {
      const request = run(releaseScript, keys.lease(name), holder, keys.changes, messageOf('released', name));
      if (isOne(await server.send(request))) await server.told([{ kind: 'released', id: name }]);
    },
  };
}
