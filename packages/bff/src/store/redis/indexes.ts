import type { Found, SessionIndex, StoredSession } from '../store.ts';
import { type Keys, shardOf } from './keys.ts';
import { readSession } from './read.ts';
import type { Indexed } from './record.ts';
import { listIn, textIn } from './reply.ts';
import { command, type Request, run } from './request.ts';
import { indexScript, keptAfterEnd } from './scripts.ts';
import type { RedisServer } from './server.ts';

/** How many records {@link Indexes.find} has under way at once. */
const readAtOnce = 100;

/**
 * Which sessions a subject has, and which end when. The keys of an index are not those of its sessions, so they cannot
 * change in one step: an entry is made before its session and dropped after it, and whoever looks compares it with the
 * session. An entry too many is harmless and drops out at the session's end; one too few never happens.
 */
export interface Indexes {
  /** To be awaited before the session is written. */
  add(session: StoredSession): Promise<void>;
  /** Drops entries that led to this session. Nothing is lost where it fails. */
  drop(id: string, indexed: Indexed, kept?: Indexed): Promise<void>;
  find(index: SessionIndex, hashes: readonly string[]): Promise<string[]>;
}

export function openIndexes(server: RedisServer, keys: Keys): Indexes {
  function additions(session: StoredSession): Request[] {
    const { id, subject, providerSession, expiresAt, idleExpiresAt, lastSeenAt } = session;
    const entry = (key: string, end: number, dropBelow: string) => {
      const life = Math.ceil(Math.max(0, end - lastSeenAt) + keptAfterEnd);
      return run(indexScript, key, String(end), id, dropBelow, String(life));
    };
    const over = String(lastSeenAt - keptAfterEnd);
    return [
      entry(keys.index('subject', subject), expiresAt, over),
      ...(providerSession === null
        ? []
        : [entry(keys.index('providerSession', providerSession), expiresAt, over)]),
      // What is over stays until the sweep has looked at it. A use of the session does not move its entry.
      entry(keys.ends(shardOf(id)), Math.min(expiresAt, idleExpiresAt), '-inf'),
    ];
  }

  async function idsIn(index: SessionIndex, hash: string): Promise<string[]> {
    const ids = listIn(await server.send(command('ZRANGE', keys.index(index, hash), '0', '-1'))).map(textIn);
    const found: string[] = [];
    for (let start = 0; start < ids.length; start += readAtOnce) {
      const some = ids.slice(start, start + readAtOnce);
      const records = await Promise.all(some.map((id) => readSession(server, keys, id)));
      found.push(...some.filter((_, at) => leadsTo(records[at], index, hash)));
    }
    return found;
  }

  return {
    async add(session) {
      await Promise.all(additions(session).map((request) => server.send(request)));
    },
    async drop(id, { subject, providerSession }, kept) {
      const dropFrom = (key: string) => server.send(command('ZREM', key, id));
      const drops = [
        ...(subject === kept?.subject ? [] : [dropFrom(keys.index('subject', subject))]),
        ...(providerSession === null || providerSession === kept?.providerSession
          ? []
          : [dropFrom(keys.index('providerSession', providerSession))]),
        ...(kept === undefined ? [dropFrom(keys.ends(shardOf(id)))] : []),
      ];
      await Promise.allSettled(drops);
    },
    async find(index, hashes) {
      const found = await Promise.all([...new Set(hashes)].map((hash) => idsIn(index, hash)));
      return found.flat();
    },
  };
}

/** A damaged record is nobody's session: it must not keep the others from being ended. */
function leadsTo(found: Found | undefined, index: SessionIndex, hash: string): boolean {
  return found?.kind === 'session' && found.session[index] === hash;
}
