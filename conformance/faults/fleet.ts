import { createJar, type Jar } from '@coatcheck/testing';
import { type Rig, startRig } from '../rig.ts';
import {
  callsThrough,
  type Instance,
  instances,
  type OpenLine,
  others,
  type Person,
  type Reply,
} from './calls.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Link, startLink } from './link.ts';
import { audienceOf, type Resource, resources } from './resources.ts';
import type { FaultyStore } from './stores/store.ts';

/** Seconds. */
export const accessTokenLife = 300;
/** Of a hasty fleet: the longest wait for the provider. Short, so that leases end soon. Milliseconds. */
export const requestTimeout = 2_000;
/** Of a hasty fleet: two requests, and the time to store. Milliseconds. */
export const leaseLife = 2 * requestTimeout + 2_000;
/** What looking at a lease, and a machine full of processes, may take on top of a lease's life. Milliseconds. */
export const slack = 4_000;
/** The instance that bad things happen to. A hasty fleet has it behind a link, where its store has a network. */
export const victim: Instance = 0;

/** Four processes of the BFF on one store, two resources, one authorization server. */
export interface Fleet {
  readonly rig: Rig;
  readonly store: FaultyStore;
  readonly ledger: Ledger;
  /** Between the victim and its store; undefined before `hasten`, and where there is no network. */
  link(): Link | undefined;
  /** Signs new people in. */
  people(prefix: string, count: number): Promise<Person[]>;
  /** A call of a person to a resource, through one instance. */
  call(instance: Instance, person: Person, resource?: Resource): Promise<Reply>;
  openLine(instance: Instance, person: Person): Promise<OpenLine>;
  signOut(instance: Instance, person: Person): Promise<Reply>;
  /** All access tokens are dead after it. */
  expire(): Promise<void>;
  signal(instance: Instance, signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL, and waits. */
  kill(instance: Instance): Promise<void>;
  /** Starts an instance again, as it was. */
  revive(instance: Instance): Promise<void>;
  /** Resolves when an instance answers nothing, as one that is stuck before a locked file. */
  untilStill(instance: Instance): Promise<void>;
  /** Starts all again with short time-outs, so that leases end soon. */
  hasten(): Promise<void>;
  /** After a scenario, however it ended: everything runs, nothing is held, and the ledger is settled. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

export async function startFleet(store: FaultyStore): Promise<Fleet> {
  const quiet = { log: { requests: false } };
  const rig = await startRig({
    instances: instances.length,
    as: { accessTokenLifetime: accessTokenLife, signingAlgorithm: 'ES256' },
    config: { ...quiet, store: { url: patient(store) } },
    routes: ({ url }) =>
      resources.map((resource) => ({
        prefix: `/${resource}`,
        upstream: url,
        config: { resource: audienceOf(resource) },
      })),
  });
  const { as, bff } = rig;
  const ledger = createLedger(as, rig.upstream);
  const calls = callsThrough(bff);
  let config: (instance: Instance) => Readonly<Record<string, unknown>> = () => ({
    ...quiet,
    store: { url: patient(store) },
  });
  let link: Link | undefined;

  async function revive(instance: Instance): Promise<void> {
    await bff.restart({ config: config(instance) }, instance);
  }

  return {
    rig,
    store,
    ledger,
    link: () => link,
    async people(prefix, count) {
      const subs = Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
      const jars = new Map<string, Jar>();
      for (let at = 0; at < count; at += 10) {
        const some = subs.slice(at, at + 10);
        await Promise.all(some.map(async (sub) => jars.set(sub, await rig.signedIn({ user: { sub } }))));
      }
      return [...jars].map(([sub, jar]) => ({ sub, jar }));
    },
    ...calls,
    expire: () => rig.advance(accessTokenLife + 1),
    signal(instance, signal) {
      isSignalled(bff.pids[instance], signal);
    },
    kill: (instance) => bff.kill(instance),
    revive,
    async untilStill(instance) {
      const nobody = { sub: 'nobody', jar: createJar(bff.url) };
      while ((await calls.ask(instance, nobody, AbortSignal.timeout(250))).status !== 0);
    },
    async hasten() {
      link = store.server && (await startLink(store.server.port));
      const { clientId, clientSecret } = as.client;
      const providers = [
        { id: 'main', issuer: as.issuer, clientId, clientSecret, requestTimeout: `${requestTimeout}ms` },
      ];
      config = (instance) => ({
        ...quiet,
        providers,
        store: { url: instance === victim && link ? store.server?.urlVia(link.port) : store.url },
      });
      // Those at once have the same configuration: the rig keeps one.
      await Promise.all(others(victim).map(revive));
      await revive(victim);
    },
    async recover() {
      store.resume();
      link?.mend();
      ledger.settle();
      rig.reset();
      as.settings.reuseGracePeriod = 0;
      for (const instance of instances) {
        if (!isSignalled(bff.pids[instance], 'SIGCONT')) await revive(instance);
      }
    },
    async close() {
      for (const pid of bff.pids) isSignalled(pid, 'SIGCONT');
      await rig.close();
      await link?.close();
    },
  };
}

/** The machine has other work: where no fault is tested, a store that is slow to answer is none. */
function patient({ server, url }: FaultyStore): string {
  return server ? `${url}?timeout=10000` : url;
}

/** False where the process is gone. */
function isSignalled(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined || pid <= 0) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
