import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * A port that nobody listens on. It lies below the range from which the system gives ports to those who ask for any,
 * so that nobody gets it between this look and its use.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer();
    probe.listen({ host: '::', port });
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.close();
    if (isFree) return port;
  }
}

/** Spreads connections over the instances of one BFF. */
export interface Balancer {
  readonly port: number;
  pin(instance: number | undefined): void;
  close(): Promise<void>;
}

/**
 * Passes bytes on and looks at none. A connection that an instance refuses goes to another one; that is all it does
 * about instances that stop.
 *
 * @param ports of the instances, on 127.0.0.1
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let pinned: number | undefined;
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    const first = pinned ?? turn++ % ports.length;
    const more = pinned === undefined ? ports.length - 1 : 0;
    reach(client, first, more);
  });
  /** @param more how many others may be tried where this one refuses the connection */
  function reach(client: Socket, index: number, more: number): void {
    const instance = connect({ host: '127.0.0.1', port: ports[index] ?? 0, allowHalfOpen: true });
    open.add(instance);
    instance.once('connect', () => join(client, instance));
    instance.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && more > 0) reach(client, (index + 1) % ports.length, more - 1);
      else client.destroy();
    });
    instance.on('close', () => open.delete(instance));
  }
  const port = await freePort();
  server.listen({ host: 'localhost', port });
  await once(server, 'listening');
  return {
    port,
    pin(instance) {
      pinned = instance;
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

function join(client: Socket, instance: Socket): void {
  for (const [end, other] of [
    [client, instance],
    [instance, client],
  ] as const) {
    end.pipe(other);
    end.on('error', () => other.destroy());
    end.on('close', () => other.destroySoon());
  }
  if (client.destroyed) instance.destroy();
}
