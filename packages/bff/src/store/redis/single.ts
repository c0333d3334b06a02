import { createBound } from '../bound.ts';
import { changeIn } from '../change.ts';
import { type Line, openChannel } from '../channel.ts';
import type { StoreClock } from '../clock.ts';
import { createListeners } from '../listeners.ts';
import { openClient } from './client.ts';
import { asStoreError, isDemoted } from './failure.ts';
import { checkFormat, refuseReplica } from './format.ts';
import { keysUnder } from './keys.ts';
import { createLane, type Lane } from './lane.ts';
import { type Argument, perform } from './request.ts';
import { findMaster } from './sentinel.ts';
import type { RedisServer } from './server.ts';
import type { Host, RedisTarget, Topology } from './target.ts';

type Alone = Topology & { readonly kind: 'single' | 'sentinel' };

/** The connection that commands and changes share, and the one for writes that wait for replicas. */
interface RedisLine extends Line {
  send(args: readonly Argument[]): Promise<unknown>;
  /** Undefined where nothing waits for replicas. */
  readonly durable: { readonly send: RedisLine['send']; readonly lane: Lane } | undefined;
}

/**
 * Opens a server that stands alone or behind sentinels. One connection carries commands, answers and changes, so an
 * answer proves that every change before it has been told.
 */
export async function openSingle(
  target: RedisTarget,
  topology: Alone,
  clock: StoreClock,
): Promise<RedisServer> {
  const keys = keysUnder(target.prefix, target.database);
  const listeners = createListeners();
  const failure = (why: unknown) => asStoreError(why, target);

  async function connect(lost: (why: unknown) => void, signal: AbortSignal): Promise<RedisLine> {
    const host = topology.kind === 'single' ? topology.host : await findMaster(topology, target, signal);
    const { login, database } = target;
    const client = await openClient({ host, login, database, target, lost, signal });
    const checked = async (args: readonly Argument[]) => {
      try {
        return await client.send(args);
      } catch (error) {
        if (isDemoted(error)) lost(error);
        throw error;
      }
    };
    await refuseReplica(checked, keys.format);
    await checkFormat(checked, keys.format);
    await client.subscribe([keys.changes], (message) => listeners.tell(changeIn(message)));
    const durable = target.wait === 0 ? undefined : await openDurable(host, lost, signal);
    return {
      send: checked,
      answers: client.answers,
      durable: durable?.way,
      async beat() {
        // The format key is gone when somebody emptied the database: no change was told of that.
        if ((await checkFormat(checked, keys.format)) === 'new') listeners.tell([{ kind: 'missed' }]);
      },
      drop() {
        client.drop();
        durable?.drop();
      },
    };
  }

  async function openDurable(host: Host, lost: (why: unknown) => void, signal: AbortSignal) {
    const { login, database, wait, waitTimeout, timeout } = target;
    const client = await openClient({ host, login, database, target, lost, signal });
    const waitForReplicas = async () => {
      // No beat watches over this connection.
      const limit = setTimeout(() => lost(new Error('it gave no answer to WAIT')), waitTimeout + timeout);
      try {
        return Number(await client.send(['WAIT', String(wait), String(waitTimeout)]));
      } finally {
        clearTimeout(limit);
      }
    };
    return { way: { send: client.send, lane: createLane(waitForReplicas, wait) }, drop: client.drop };
  }

  const channel = await openChannel({ connect, failure, listeners, clock, timeout: target.timeout });

  const bounded = createBound();
  async function attempt(work: (line: RedisLine) => Promise<unknown>): Promise<unknown> {
    try {
      return await bounded(async () => work(await channel.line()));
    } catch (error) {
      // A TypeError is a bug of ours, such as an argument that is no text.
      throw error instanceof TypeError ? error : failure(error);
    }
  }

  return {
    feed: channel.feed,
    send: (request) => attempt(({ send }) => perform(send, request)),
    sendDurably: (request) =>
      attempt(({ send, durable }) =>
        durable === undefined ? perform(send, request) : durable.lane(() => perform(durable.send, request)),
      ),
    told: channel.told,
    close: channel.close,
  };
}
