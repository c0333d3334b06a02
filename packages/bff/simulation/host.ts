import { revokeGrants } from '../src/logout/revocation.ts';
import type { Wait } from '../src/observe/wait.ts';
import { tombstoneLife } from '../src/session/manager.ts';
import type { Engine, EngineMaker } from './engine.ts';
import { createFeed } from './feed.ts';
import { createProviderLink } from './network/provider-link.ts';
import { createStoreLink } from './network/store-link.ts';
import type { StoreClient } from './network/store-request.ts';
import type { HostPlan } from './plan.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import type { Host } from './truth.ts';
import { epoch, type World } from './world.ts';

/** One running instance of the BFF. */
export interface RunningHost extends Host {
  readonly engine: Engine;
  /** Revokes the tokens of a session, in the background. */
  revoke(session: Parameters<typeof revokeGrants>[1]): void;
  kill(): void;
  stop(): void;
  /** @param feedLost the connection to the store broke meanwhile */
  goOn(timersFirst: boolean, feedLost: boolean): void;
}

const sweepEvery = 30_000;

/**
 * Starts an instance with the real session manager and refresher.
 *
 * @param reached told of each step of its work, where it may fall
 */
export function startHost(
  world: World,
  name: string,
  plan: HostPlan,
  makeEngine: EngineMaker,
  reached: StoreClient['reached'],
): RunningHost {
  const { time, shared, surroundings, servers } = world;
  const process = time.startProcess(name);
  const feed = createFeed(time, process, plan.feedLag, plan.feedTroubles);
  const leave = shared.join(feed);
  const host: Host = {
    name,
    process,
    now() {
      const wasSet = plan.clockSet && time.now() >= plan.clockSet.at;
      return epoch + time.now() + (wasSet ? plan.clockSet.skew : plan.skew);
    },
    clockWasSetSince: (then) =>
      plan.clockSet !== undefined && plan.clockSet.at >= then && plan.clockSet.at <= time.now(),
    leases: new Map(),
    sawOver: new Set(),
  };
  const client: StoreClient = { name, process, feed, reached };
  const store = createStoreLink(world, host, client);
  const providers = new Map(
    [...servers.keys()].map((id) => [id, createProviderLink(world, host, client, id)]),
  );
  const engine = makeEngine({
    store,
    providers,
    hasher: surroundings.hasher,
    lifetimes: { idle: world.plan.idle, absolute: world.plan.absolute },
    outageGrace: world.plan.outageGrace,
    now: host.now,
    monotonic: () => plan.uptime + time.now(),
    wait: waitOf(time, process),
    audit: () => undefined,
  });

  const revoke: RunningHost['revoke'] = (session) =>
    void revokeGrants({ providers, audit: () => undefined }, session);
  // As coatcheck.ts does: whoever still has a session opened that another ended revokes its tokens.
  engine.sessions.notices.followAll((notice) => {
    if (notice.kind !== 'ended' || !notice.opened) return;
    const { opened } = notice;
    engine.sessions.endOf(opened.id).then(
      (reason) => {
        if (reason === 'provider-logout' || reason === 'revoked' || reason === 'replaced') revoke(opened);
      },
      () => undefined,
    );
  });
  const sweep = () => {
    store.sweep(host.now(), 100, tombstoneLife).catch(() => undefined);
    time.after(sweepEvery, sweep, process, 'timer');
  };
  time.after(sweepEvery * world.random.next(), sweep, process, 'timer');

  return {
    ...host,
    engine,
    revoke,
    kill() {
      process.kill();
      leave();
    },
    stop() {
      feed.staleFor();
      process.stop();
    },
    goOn(timersFirst, feedLost) {
      process.goOn(timersFirst, feedLost);
      if (feedLost) time.after(0, () => feed.tell({ kind: 'missed' }), process, 'feed');
    },
  };
}

/** The process's own timers. */
function waitOf(time: Scheduler, process: Process): Wait {
  return (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const cancel = time.after(Math.max(1, milliseconds), resolve, process, 'timer');
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
}
