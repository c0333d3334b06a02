import { createClient } from 'redis';

/** A connection of the test's own, to look at what a store left in Redis and to meddle with it. */
export interface RawRedis {
  send(...args: readonly (string | Buffer)[]): Promise<unknown>;
  /** A command that answers with a list, sorted. */
  list(...args: readonly string[]): Promise<string[]>;
  close(): void;
}

export async function openRaw(port: number): Promise<RawRedis> {
  const client = createClient({ socket: { host: '127.0.0.1', port }, commandOptions: { timeout: 0 } });
  client.on('error', () => undefined);
  await client.connect();
  const send = (...args: readonly (string | Buffer)[]): Promise<unknown> => client.sendCommand([...args]);
  return {
    send,
    async list(...args) {
      const reply = await send(...args);
      return Array.isArray(reply) ? reply.map(String).toSorted() : [];
    },
    close: () => client.destroy(),
  };
}
