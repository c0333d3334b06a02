import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../adapters/network.ts';

/** The network between one instance and its store. */
export interface Link {
  readonly port: number;
  /** Holds back the next request that matches, and all that follows on its connection. */
  trap(request: RegExp): Trap;
  /** Passes nothing any more, on connections that ever sent such a request, but leaves them open. */
  silence(which: RegExp): void;
  /** Resets all connections and takes no new ones. */
  cut(): void;
  /** Undoes `silence` and `cut`: what was held back passes. */
  mend(): void;
  close(): Promise<void>;
}

export interface Trap {
  readonly caught: Promise<void>;
  /** Lets what was held back pass. */
  release(): void;
}

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The first of what the client sent: there it says what it wants the connection for. */
  said: string;
  held: boolean;
  readonly waiting: { readonly to: Socket; readonly chunk: Buffer }[];
}

const remembered = 8_192;

/** @param target port of the server, on 127.0.0.1 */
export async function startLink(target: number): Promise<Link> {
  const lines = new Set<Line>();
  const traps = new Set<{ readonly request: RegExp; readonly spring: (line: Line) => void }>();
  let silent: RegExp | undefined;
  let isCut = false;

  const letGo = (line: Line) => {
    line.held = false;
    for (const { to, chunk } of line.waiting.splice(0)) to.write(chunk);
  };
  const pass = (line: Line, to: Socket, chunk: Buffer) => {
    if (line.held) line.waiting.push({ to, chunk });
    else to.write(chunk);
  };
  const server = createServer((client) => {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const line: Line = { client, server: connect(target, '127.0.0.1'), said: '', held: false, waiting: [] };
    lines.add(line);
    client.on('data', (chunk) => {
      const words = chunk.toString('latin1');
      if (line.said.length < remembered) line.said += words;
      if (silent?.test(line.said)) line.held = true;
      for (const trap of traps) if (trap.request.test(words)) trap.spring(line);
      pass(line, line.server, chunk);
    });
    line.server.on('data', (chunk) => pass(line, client, chunk));
    for (const [end, other] of [
      [client, line.server],
      [line.server, client],
    ] as const) {
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.on('close', () => {
        lines.delete(line);
        other.destroy();
      });
    }
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    port,
    trap(request) {
      const caught = Promise.withResolvers<void>();
      let inIt: Line | undefined;
      const trap = {
        request,
        spring(line: Line) {
          traps.delete(trap);
          line.held = true;
          inIt = line;
          caught.resolve();
        },
      };
      traps.add(trap);
      return {
        caught: caught.promise,
        release() {
          traps.delete(trap);
          if (inIt) letGo(inIt);
        },
      };
    },
    silence(which) {
      silent = which;
      for (const line of lines) if (which.test(line.said)) line.held = true;
    },
    cut() {
      isCut = true;
      for (const { client, server: other } of lines) {
        client.resetAndDestroy();
        other.destroy();
      }
    },
    mend() {
      isCut = false;
      silent = undefined;
      for (const line of lines) letGo(line);
    },
    async close() {
      server.close();
      for (const { client, server: other } of lines) {
        client.destroy();
        other.destroy();
      }
      await once(server, 'close');
    },
  };
}
