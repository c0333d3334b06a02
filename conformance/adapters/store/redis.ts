import { createClient, RESP_TYPES } from 'redis';
import { startRedis } from '../../faults/stores/redis.ts';
import { faultsOf, ownServer } from './server.ts';
import type { OpenedStore } from './store.ts';

/** How writes are held at most. Milliseconds. */
const longestHold = 20_000;

const prefix = 'conformance:';

/** A Redis server of its own, which starts in no time. */
export async function openRedis(canFail: boolean): Promise<OpenedStore> {
  const server = await ownServer(await startRedis(), canFail);
  const client = createClient({ url: server.url, commandOptions: { timeout: 0 } }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
  });
  client.on('error', () => undefined);
  await client.connect();
  // A busy machine is no outage, where a test wants none.
  const patience = canFail ? '' : '&timeout=5000';
  const send = (...args: (string | Buffer)[]): Promise<unknown> => client.sendCommand(args);
  // The server outlives every test, so nothing needs to wait for the disk.
  await send('CONFIG', 'SET', 'appendonly', 'no');
  const keys = async (pattern = '*') => listOf(await send('KEYS', `${prefix}${pattern}`));
  const dump = async () =>
    Promise.all((await keys()).map(async (key) => [key, await send('DUMP', key)] as const));
  const wipe = async () => {
    for (const key of await keys()) await send('DEL', key);
  };
  const read = async (record: string) => bytesOf(await send('GET', `${prefix}session:${record}`));
  const records = async () => {
    const names = (await keys('session:*')).map((key) => key.slice(`${prefix}session:`.length));
    const values = await Promise.all(names.map(read));
    return names.filter((_, at) => values[at]?.toString('latin1', 0, 1) === 'S');
  };

  return {
    kind: 'redis',
    url: `${server.urlForBff}?prefix=${prefix}${patience}`,
    faults: faultsOf(server.network, {
      async refuseWrites() {
        await send('CONFIG', 'SET', 'maxmemory', '1');
        return async () => {
          await send('CONFIG', 'SET', 'maxmemory', '0');
        };
      },
      async changePassword() {
        await send('CONFIG', 'SET', 'requirepass', 'another-secret');
        return async () => {
          await send('CONFIG', 'SET', 'requirepass', '');
        };
      },
    }),
    files: [],
    sessions: async () => (await records()).length,
    // Strings as they stand, since a dump compresses them.
    contents: async () =>
      Promise.all(
        (await keys()).map(async (key) => {
          const value = await send('GET', key).catch(() => send('DUMP', key));
          return Buffer.concat([Buffer.from(`${key}\n`), bytesOf(value)]);
        }),
      ),
    async hold() {
      await send('CLIENT', 'PAUSE', String(longestHold), 'WRITE');
      return async () => {
        await send('CLIENT', 'UNPAUSE');
      };
    },
    async backUp() {
      const saved = await dump();
      return async () => {
        await wipe();
        for (const [key, value] of saved) await send('RESTORE', key, '0', bytesOf(value));
      };
    },
    wipe,
    records,
    read,
    write: async (record, bytes) => {
      await send('SET', `${prefix}session:${record}`, bytes, 'KEEPTTL');
    },
    remove: async (record) => {
      await send('DEL', `${prefix}session:${record}`);
    },
    claim: async (owner) => {
      await send('SET', `${prefix}format`, owner === 'newer' ? 'coatcheck 99' : 'another program');
    },
    async close() {
      server.resume();
      client.destroy();
      await server.close();
    },
  };
}

function listOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

function bytesOf(reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  return Buffer.from(typeof reply === 'string' ? reply : '');
}
