import { randomUUID } from 'node:crypto';
import { createCluster, ErrorReply } from 'redis';
import { createBound } from '../bound.ts';
import { changeIn } from '../change.ts';
import { type Line, openChannel } from '../channel.ts';
import type { StoreClock } from '../clock.ts';
import type { StoreError } from '../errors.ts';
import { createListeners } from '../listeners.ts';
import { type Client, openClient, socketOptions, typeMapping } from './client.ts';
import { asStoreError } from './failure.ts';
import { checkFormat } from './format.ts';
import { keysUnder } from './keys.ts';
import { createLane, type Lane } from './lane.ts';
import { type Argument, command, perform, type Request } from './request.ts';
import type { RedisServer } from './server.ts';
import type { Host, RedisTarget } from './target.ts';

/**
 * Opens a cluster. Commands go to the master of their key. Changes come over one more connection, to any node: what
 * one master publishes, the cluster's bus brings to all nodes. A beat goes the same way from every master, so that its
 * echo proves the whole way; while a master is down, no beat succeeds and the feed is stale.
 */
export async function openCluster(
  target: RedisTarget,
  nodes: readonly Host[],
  clock: StoreClock,
): Promise<RedisServer> {
  const keys = keysUnder(target.prefix, target.database);
  const listeners = createListeners();
  const failure = (why: unknown) => asStoreError(why, target);
  const cluster = join(target, nodes);
  // WAIT holds up its connection and speaks only of what that wrote, so it has connections of its own.
  const durable = target.wait === 0 ? undefined : join(target, nodes);
  const close = () => {
    for (const joined of [cluster, durable]) if (joined?.isOpen) joined.destroy();
  };

  let attempts = 0;
  async function connect(lost: (why: unknown) => void, signal: AbortSignal): Promise<Line> {
    const beats = `${keys.changes}:beat:${randomUUID()}`;
    const echoes = new Map<string, () => void>();
    let echoed = 0;
    const rest = nodes.slice(attempts % nodes.length);
    attempts += 1;
    // A node that swallows packets takes all the time of an attempt, so each begins with another one.
    const client = await openAny(target, [...rest, ...nodes], lost, signal);
    await client.subscribe([keys.changes, beats], (message, channel) => {
      if (channel === beats) echoes.get(message)?.();
      else listeners.tell(changeIn(message));
    });
    const beatFrom = async (master: Cluster['masters'][number]) => {
      const beat = randomUUID();
      const echo = Promise.withResolvers<void>();
      echoes.set(beat, echo.resolve);
      const node = await cluster.nodeClient(master);
      await node.sendCommand(['PUBLISH', beats, beat]);
      await echo.promise;
      echoed += 1;
      echoes.delete(beat);
    };
    return {
      async beat() {
        await Promise.all(cluster.masters.map(beatFrom));
      },
      answers: () => echoed,
      drop: client.drop,
    };
  }

  async function limited<T>(promise: Promise<T>, limit: number = target.timeout): Promise<T> {
    const silence = Promise.withResolvers<never>();
    const why = new Error(`it gave no answer within ${limit} ms`);
    const timer = setTimeout(() => silence.reject(why), limit);
    try {
      return await Promise.race([promise, silence.promise]);
    } catch (error) {
      throw failure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  const bounded = createBound();
  async function refusable(work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await bounded(work);
    } catch (error) {
      throw error instanceof TypeError ? error : failure(error);
    }
  }

  function sendOver(joined: Cluster, request: Request): Promise<unknown> {
    const send = (args: readonly Argument[]) => joined.sendCommand(request.key, false, [...args]);
    return limited(perform(send, request));
  }

  const lanes = new WeakMap<object, Lane>();
  async function sendDurably(joined: Cluster, request: Request): Promise<unknown> {
    const slot = Number(await sendOver(joined, command('CLUSTER', 'KEYSLOT', request.key)));
    const node = await limited(Promise.resolve(joined.nodeClient(joined.getSlotMaster(slot))));
    const { wait, waitTimeout, timeout } = target;
    const waitForReplicas = async () =>
      Number(
        await limited(node.sendCommand(['WAIT', String(wait), String(waitTimeout)]), waitTimeout + timeout),
      );
    const lane = lanes.get(node) ?? createLane(waitForReplicas, wait);
    lanes.set(node, lane);
    return lane(() => limited(perform((args) => node.sendCommand([...args]), request)));
  }

  /** Where the slot has moved, an ordinary command lets the client find out where to. */
  async function sendDurablyAnywhere(joined: Cluster, request: Request): Promise<unknown> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await sendDurably(joined, request);
      } catch (error) {
        if (tries === 2 || !isMoved(error)) throw error;
        await sendOver(joined, command('EXISTS', request.key));
      }
    }
  }

  try {
    await look(target, nodes, failure);
    await limited(Promise.all([cluster.connect(), durable?.connect()]), 2 * target.timeout);
    await checkFormat((args) => limited(cluster.sendCommand(keys.format, false, [...args])), keys.format);
    const channel = await openChannel({ connect, failure, listeners, clock, timeout: target.timeout });
    return {
      feed: channel.feed,
      send: (request) => refusable(() => sendOver(cluster, request)),
      sendDurably: (request) =>
        refusable(() =>
          durable === undefined ? sendOver(cluster, request) : sendDurablyAnywhere(durable, request),
        ),
      told: channel.told,
      close() {
        channel.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

type Cluster = ReturnType<typeof join>;

function join(target: RedisTarget, nodes: readonly Host[]) {
  const { login, timeout } = target;
  const reconnectStrategy = (retries: number) => Math.min(25 * 2 ** retries, 500);
  const cluster = createCluster({
    RESP: 3,
    rootNodes: nodes.map((host) => ({
      socket: { ...socketOptions(host, target), reconnectStrategy: false },
    })),
    defaults: {
      ...login,
      name: 'coatcheck',
      socket: {
        ...(target.tls === undefined ? {} : { tls: true as const, ...target.tls }),
        connectTimeout: timeout,
        reconnectStrategy,
      },
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
      disableClientInfo: true,
    },
    commandOptions: { typeMapping, timeout: 0 },
  });
  // Whatever goes wrong also rejects the commands it concerns.
  cluster.on('error', () => undefined);
  return cluster;
}

/** Asks a node whether it is of a cluster and lets us in: the cluster's client says only that it found no node. */
async function look(
  target: RedisTarget,
  nodes: readonly Host[],
  failure: (why: unknown) => StoreError,
): Promise<void> {
  const enough = new AbortController();
  const why = new Error(`it gave no answer within ${target.timeout} ms`);
  const limit = setTimeout(() => enough.abort(why), target.timeout);
  try {
    const client = await openAny(target, nodes, () => undefined, enough.signal);
    await client.send(['CLUSTER', 'SLOTS']);
  } catch (error) {
    throw failure(enough.signal.aborted ? why : error);
  } finally {
    clearTimeout(limit);
    enough.abort();
  }
}

/** A connection to the first of these nodes that answers. */
async function openAny(
  target: RedisTarget,
  nodes: readonly Host[],
  lost: (why: unknown) => void,
  signal: AbortSignal,
): Promise<Client> {
  const { login } = target;
  const problems: unknown[] = [];
  for (const host of nodes) {
    let chosen = false;
    const lostIfChosen = (why: unknown) => chosen && lost(why);
    try {
      const client = await openClient({ host, login, database: 0, target, lost: lostIfChosen, signal });
      chosen = true;
      return client;
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems);
}

function isMoved(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof ErrorReply && /^(MOVED|ASK|TRYAGAIN) /.test(cause.message);
}
