import { messageOf } from '../change.ts';
import type { Store } from '../store.ts';
import { sweepStep } from '../sweeping.ts';
import type { Indexes } from './indexes.ts';
import { endShards, type Keys, shardOf } from './keys.ts';
import { damaged, decodeIndexed } from './record.ts';
import { listIn, textIn } from './reply.ts';
import { command, run } from './request.ts';
import { sweepScript } from './scripts.ts';
import type { RedisServer } from './server.ts';

/** How often one call looks for more after it found only sessions that were used meanwhile. */
const mostRounds = 10;

/**
 * Prepares {@link Store.sweep}. Tombstones, names and leases are the business of the server, which drops each by its
 * time to live; what is left is to bury sessions, so that the browser can be told why.
 */
export function prepareSweep(server: RedisServer, keys: Keys, indexes: Indexes): Store['sweep'] {
  const shards = Array.from({ length: endShards }, (_, shard) => keys.ends(shard));

  async function due(now: number, most: number): Promise<string[]> {
    const limits = ['LIMIT', '0', String(most)];
    const replies = await Promise.all(
      shards.map((key) => server.send(command('ZRANGEBYSCORE', key, '-inf', String(now), ...limits))),
    );
    return replies.flatMap((reply) => listIn(reply).map(textIn)).slice(0, most);
  }

  /** Buries a session that is over; one that was used meanwhile gets its new place in the order. */
  async function lookAt(id: string, now: number, tombstoneLife: number): Promise<boolean> {
    const times = [now, tombstoneLife].map(String);
    const message = messageOf('ended', id);
    const reply = await server.send(run(sweepScript, keys.session(id), ...times, keys.changes, message));
    if (Buffer.isBuffer(reply)) {
      await indexes.drop(id, decodeIndexed(reply));
      return true;
    }
    const ends = keys.ends(shardOf(id));
    if (reply === null) {
      await server.send(command('ZREM', ends, id));
      return false;
    }
    const [endsAt] = listIn(reply);
    if (!Buffer.isBuffer(endsAt)) throw damaged();
    await server.send(command('ZADD', ends, 'XX', String(endsAt.readDoubleBE()), id));
    return false;
  }

  return async (now, limit, tombstoneLife) => {
    const most = sweepStep(limit);
    const buried: string[] = [];
    for (let round = 0; buried.length < most && round < mostRounds; round += 1) {
      const ids = await due(now, most - buried.length);
      if (ids.length === 0) break;
      const outcomes = await Promise.all(ids.map((id) => lookAt(id, now, tombstoneLife)));
      buried.push(...ids.filter((_, index) => outcomes[index]));
    }
    if (buried.length > 0) await server.told(buried.map((id) => ({ kind: 'ended', id })));
    return buried.length;
  };
}
