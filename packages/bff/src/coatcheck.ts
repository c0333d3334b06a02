import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { shareDescriptors } from './limits/descriptors.ts';
import { createTransactions, type Transactions, transactionLife } from './login/transaction.ts';
import { logoutLife } from './logout/logout.ts';
import { revokeOrphan } from './logout/revocation.ts';
import { type Audit, auditTo } from './observe/audit.ts';
import { descriptorLimit } from './observe/descriptors.ts';
import { createFlow, type Flow } from './observe/flow.ts';
import { createMetrics } from './observe/metrics.ts';
import { systemWait } from './observe/wait.ts';
import { watchedFetch } from './observe/watched-fetch.ts';
import type { CertificatePair } from './options/keys/certificate.ts';
import type { Settings } from './options/settings.ts';
import { createProvider } from './provider/create.ts';
import type { Provider } from './provider/provider.ts';
import type { Caps } from './proxy/caps.ts';
import { createStandings, type Standings } from './proxy/upstream/standing.ts';
import { createUpgrades, type UpgradeHandler, type Upgrades } from './proxy/websocket/upgrades.ts';
import { createRefresher, type Refresher } from './refresh/refresher.ts';
import { createDeviceLabels, type DeviceLabels } from './session/device.ts';
import { createSessionManager, type SessionManager, tombstoneLife } from './session/manager.ts';
import { revocable } from './session/record.ts';
import { openStore } from './store/open.ts';
import type { OnceStore, Store } from './store/store.ts';
import { indexHasher } from './ticket/keys.ts';
import { createSealing, type Sealing } from './ticket/sealing.ts';
import { createTickets, type Tickets } from './ticket/ticket.ts';
import { appContentSecurityPolicy } from './web/security-headers.ts';
import { createStreams, type Streams } from './web/streams.ts';

/** Everything the routes work with, composed once. */
export interface Parts {
  readonly settings: Settings;
  readonly caps: Caps;
  readonly store: Store;
  readonly once: OnceStore;
  readonly sealing: Sealing;
  readonly tickets: Tickets;
  readonly transactions: Transactions;
  readonly sessions: SessionManager;
  readonly devices: DeviceLabels;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly refresher: Refresher;
  readonly streams: Streams;
  readonly upgrades: Upgrades;
  readonly standings: Standings;
  /** Null unless diagnostics are switched on. */
  readonly flow: Flow | null;
  readonly audit: Audit;
  readonly background: (work: Promise<unknown>) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the plugin gives the program around it: `fastify.coatcheck`. */
export interface Coatcheck {
  readonly parts: Parts;
  /** What must hold before traffic comes: the store works. A provider or an upstream that is down does not count. */
  checks(): Promise<{
    store: boolean;
    providers: Record<string, boolean>;
    upstreams: ReturnType<Standings['read']>;
  }>;
  /** The policy for the app's own pages. */
  contentSecurityPolicy(): string;
  /** Counters in the Prometheus text format. */
  metrics(): string;
  /** Ends all sessions of a person, and takes their account out of those that only have it connected; resolves to how many ended. */
  endSubject(issuer: string, subject: string): Promise<number>;
  /**
   * Takes a renewed client certificate of a provider into use, from the next request on.
   *
   * @returns what is wrong with it, and then the old one stays; null where it is in use
   */
  renewClientCertificate(provider: string, pair: CertificatePair): string | null;
  /** Takes requests for an upgrade that no route is for, such as the WebSocket of a development server. */
  serveOtherUpgrades(handler: UpgradeHandler): void;
  /** Tells open streams to connect elsewhere; the first step of stopping. */
  drain(): void;
  close(): Promise<void>;
}

const sweepEvery = 30_000;
const sweepStep = 100;

/** Composes the engine from its settings. */
export async function createCoatcheck(fastify: FastifyInstance, settings: Settings): Promise<Coatcheck> {
  const now = Date.now;
  const origins = new Set(settings.routes.flatMap(({ upstreams }) => upstreams.map(({ origin }) => origin)));
  const caps = shareDescriptors(fastify, descriptorLimit(), origins.size, now);
  const metrics = createMetrics();
  const log = auditTo(fastify.log);
  const audit: Audit = (event, requestId) => {
    metrics.count(event);
    log(event, requestId);
  };
  const store = await openStore(settings.storeUrl);
  const sealing = await createSealing(fastify, settings.keys, {
    ticket: Math.ceil(settings.session.absolute / 1_000),
    here: Math.ceil(settings.session.absolute / 1_000),
    transaction: transactionLife / 1_000,
    logout: logoutLife,
  });
  const flow = settings.diagnostics ? createFlow(now) : null;
  const providerParts = {
    now,
    fetch: flow ? watchedFetch(globalThis.fetch, flow) : globalThis.fetch,
    writeLine: (level: 'info' | 'warn', line: string) => fastify.log[level](line),
  };
  const providers = new Map(settings.providers.map((one) => [one.id, createProvider(one, providerParts)]));
  const hasher = indexHasher(settings.keys);
  const sessions = createSessionManager({
    store,
    hasher,
    lifetimes: settings.session,
    outageGrace: settings.outageGrace,
    now,
    audit,
    disconnected(id, grant) {
      const provider = providers.get(id);
      if (provider?.settings.logout.revoke) parts.background(provider.revoke(revocable(grant)));
    },
  });
  const refresher = createRefresher({
    store,
    sessions,
    providers,
    audit,
    now,
    wait: systemWait,
    monotonic: () => performance.now(),
  });
  const work = new Set<Promise<unknown>>();
  const parts: Parts = {
    settings,
    caps,
    store,
    once: store.once,
    sealing,
    tickets: createTickets(sealing, settings.cookies, settings.session.persistent),
    transactions: createTransactions(sealing, settings.cookies.loginPrefix),
    sessions,
    devices: createDeviceLabels(settings.keys),
    providers,
    refresher: flow ? traced(refresher, flow) : refresher,
    streams: createStreams(caps.longLived),
    upgrades: createUpgrades(fastify),
    standings: createStandings(now),
    flow,
    audit,
    background(promise) {
      const done = promise.catch((error: unknown) =>
        fastify.log.error({ err: error }, 'background work failed'),
      );
      work.add(done);
      void done.finally(() => work.delete(done));
    },
    now,
  };
  /** Asks for the metadata that is still missing; nobody waits for it, and a failure makes a pause of its own. */
  const prepareProviders = () => {
    for (const provider of providers.values()) if (!provider.isReady()) parts.background(provider.prepare());
  };
  // A session ended elsewhere, for a reason that its ender could not revoke for, since only its ticket opens it.
  sessions.notices.followAll((notice) => {
    if (notice.kind === 'ended' && notice.opened) parts.background(revokeOrphan(parts, notice.opened));
  });
  warnOfRisks(settings, fastify.log);
  prepareProviders();
  let storeWorks = true;
  let isClosing = false;
  /** Tells the log when it breaks, and when it works again. */
  const tellOfStore = (error?: unknown) => {
    const before = storeWorks;
    storeWorks = error === undefined;
    // At the end it is us who leave it, perhaps in the middle of a probe.
    if (before && !storeWorks && !isClosing) fastify.log.error({ err: error }, 'the store cannot be used');
    if (!before && storeWorks) fastify.log.info('the store can be used again');
    return storeWorks;
  };
  /** Metadata and keys are renewed before their life is over, also where nobody signs in. */
  const renewProviders = () => {
    for (const provider of providers.values()) parts.background(provider.prepare());
  };
  const sweeper = setInterval(() => {
    void sweep(store, now, fastify.log);
    renewProviders();
  }, sweepEvery);
  sweeper.unref();
  return {
    parts,
    async checks() {
      prepareProviders();
      return {
        store: await store.ping().then(() => tellOfStore(), tellOfStore),
        providers: Object.fromEntries([...providers].map(([id, provider]) => [id, provider.isReady()])),
        upstreams: parts.standings.read(),
      };
    },
    contentSecurityPolicy() {
      prepareProviders();
      const origins = [...providers.values()].map((provider) => provider.knownEndSessionOrigin());
      return appContentSecurityPolicy([...new Set(origins.filter((origin) => origin !== null))]);
    },
    metrics: () => metrics.render() + parts.standings.render(),
    async endSubject(issuer, subject) {
      await sessions.connections.endAt(issuer, { sub: subject }, { revoke: true });
      return sessions.endSubject(issuer, subject, 'revoked');
    },
    renewClientCertificate(provider, pair) {
      const certificate = settings.providers.find(({ id }) => id === provider)?.clientCertificate;
      return certificate ? certificate.renew(pair) : 'is of no provider.';
    },
    serveOtherUpgrades: parts.upgrades.serveOther,
    drain: parts.streams.stop,
    async close() {
      clearInterval(sweeper);
      await refresher.idle();
      await Promise.allSettled(work);
      sessions.close();
      isClosing = true;
      await store.close();
    },
  };
}

/** What it asks the provider is told to the session it is for. */
function traced(refresher: Refresher, flow: Flow): Refresher {
  return {
    ...refresher,
    obtain: (session, want) => flow.within(session.id, () => refresher.obtain(session, want)),
    replace: (session, want, refused) =>
      flow.within(session.id, () => refresher.replace(session, want, refused)),
  };
}

function warnOfRisks(settings: Settings, log: FastifyBaseLogger): void {
  for (const provider of settings.providers) {
    if (provider.insecureAllowHttpIssuer) log.warn(`provider ${provider.id}: tokens travel over http`);
    if (provider.clientAuthentication === 'none') {
      log.warn(`provider ${provider.id}: requests prove nothing of their client (insecurePublicClient)`);
    }
    if (provider.logout.hint === 'id_token_hint') {
      log.warn(`provider ${provider.id}: sign-out puts the ID token into a URL of the browser`);
    }
  }
}

async function sweep(store: Store, now: () => number, log: FastifyBaseLogger): Promise<void> {
  try {
    while ((await store.sweep(now(), sweepStep, tombstoneLife)) >= sweepStep) {
      // One small step after the other, each a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    log.error({ err: error }, 'expired sessions could not be swept');
  }
}
