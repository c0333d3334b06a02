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

/** Passes bytes on and looks at none. @param ports of the instances, on 127.0.0.1 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let pinned: number | undefined;
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const index = pinned ?? turn++ % ports.length;
    const instance = connect({ host: '127.0.0.1', port: ports[index] ?? 0, allowHalfOpen: true });
    for (const [end, other] of [
      [client, instance],
      [instance, client],
    ] as const) {
      open.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        open.delete(end);
        other.destroySoon();
      });
    }
  });
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
