import { createClient, RESP_TYPES } from 'redis';
import type { Argument } from './request.ts';
import type { Host, Login, RedisTarget } from './target.ts';

/** One connection, without any queue for the time when it is down. */
export interface Client {
  send(args: readonly Argument[]): Promise<unknown>;
  /** How many answers came. */
  answers(): number;
  /** Calls the listener with each message, in the order in which the server made them, among the replies. */
  subscribe(channels: readonly string[], listener: (message: string, channel: string) => void): Promise<void>;
  drop(): void;
}

/** Strings as bytes: records are no text. */
export const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };

/** Socket options that all connections share; `reconnectStrategy` is the caller's. */
export function socketOptions({ host, port }: Host, { tls, timeout }: RedisTarget) {
  const common = { host, port, connectTimeout: timeout };
  return tls === undefined ? common : { ...common, tls: true as const, ...tls };
}

/** What {@link openClient} takes. */
export interface ClientOptions {
  readonly host: Host;
  readonly login: Login;
  readonly database: number;
  readonly target: RedisTarget;
  /** Told when the connection breaks. */
  readonly lost: (why: unknown) => void;
  /** Drops the connection, also while it is being opened. */
  readonly signal: AbortSignal;
}

/** Opens a connection with RESP3, on which messages and replies come in one stream. */
export async function openClient(options: ClientOptions): Promise<Client> {
  const { host, login, database, target, lost, signal } = options;
  signal.throwIfAborted();
  const client = createClient({
    ...login,
    RESP: 3,
    name: 'coatcheck',
    database,
    socket: { ...socketOptions(host, target), reconnectStrategy: false },
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    // The channel watches over answers; a timer for each command would cost more than the command.
    commandOptions: { typeMapping, timeout: 0 },
  });
  const drop = () => client.destroy();
  signal.addEventListener('abort', drop, { once: true });
  client.on('error', lost);
  try {
    await client.connect();
  } catch (error) {
    drop();
    throw error;
  }
  let answers = 0;
  return {
    async send(args) {
      try {
        return await client.sendCommand([...args]);
      } finally {
        answers += 1;
      }
    },
    answers: () => answers,
    subscribe: (channels, listener) => client.subscribe([...channels], listener),
    drop,
  };
}
