import type { Found } from '../store.ts';
import { isOfAnotherType } from './failure.ts';
import type { Keys } from './keys.ts';
import { decodeFound } from './record.ts';
import { command } from './request.ts';
import type { RedisServer } from './server.ts';

/** Reads what stands under a session's key, where another program may have put something of its own. */
export async function readSession(server: RedisServer, keys: Keys, id: string): Promise<Found> {
  try {
    return decodeFound(id, await server.send(command('GET', keys.session(id))));
  } catch (error) {
    if (isOfAnotherType(error)) return { kind: 'damaged', detail: error.message };
    throw error;
  }
}
