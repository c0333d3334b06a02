import { openClient } from './client.ts';
import type { Host, RedisTarget, Topology } from './target.ts';

/**
 * Asks all sentinels where the master is and takes the first answer: a sentinel that is down holds up nothing.
 * Whoever connects finds out whether the answer was out of date, since a replica takes no writes.
 */
export async function findMaster(
  { sentinels, master, login }: Topology & { kind: 'sentinel' },
  target: RedisTarget,
  signal: AbortSignal,
): Promise<Host> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    return await Promise.any(
      sentinels.map(async (sentinel) => {
        const lost = () => undefined;
        const client = await openClient({ host: sentinel, login, database: 0, target, lost, signal: either });
        return addressIn(await client.send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master]), master);
      }),
    );
  } finally {
    enough.abort();
  }
}

function addressIn(reply: unknown, master: string): Host {
  if (reply === null) throw new Error(`a sentinel knows no master named ${master}`);
  const [host, port] = Array.isArray(reply) ? reply.map(String) : [];
  if (host === undefined || !Number.isInteger(Number(port))) throw new Error('a sentinel gave no address');
  return { host, port: Number(port) };
}
