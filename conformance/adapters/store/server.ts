import { startLink } from '../../faults/link.ts';
import type { FaultyStore } from '../../faults/stores/store.ts';
import type { StoreFaults } from './store.ts';

/** What goes wrong between the BFF and the server. */
export type NetworkFaults = Pick<StoreFaults, 'cut' | 'pause' | 'mend'>;

/** A server that a store is on. */
export interface StoreServer {
  /** For the test itself. */
  readonly url: string;
  /** For the BFF. */
  readonly urlForBff: string;
  /** Undefined where it was not asked for. */
  readonly network: NetworkFaults | undefined;
  /** Goes on where it stood still: whoever wants to leave it has to be answered. */
  resume(): void;
  close(): Promise<void>;
}

/** A server that somebody else started, and ends. */
export function sharedServer(url: string): StoreServer {
  return { url, urlForBff: url, network: undefined, resume: () => undefined, close: async () => undefined };
}

/** A server of one's own. @param canFail whether there is a network between it and the BFF that can fail */
export async function ownServer(store: FaultyStore, canFail: boolean): Promise<StoreServer> {
  if (!store.server) throw new Error(`${store.name} is no server`);
  const link = canFail ? await startLink(store.server.port) : undefined;
  return {
    url: store.url,
    urlForBff: link ? store.server.urlVia(link.port) : store.url,
    network: link
      ? {
          cut: () => link.cut(),
          pause: () => store.pause(),
          mend() {
            store.resume();
            link.mend();
          },
        }
      : undefined,
    resume: () => store.resume(),
    async close() {
      await link?.close();
      await store.close();
    },
  };
}

/** All faults of a server, or what says that there are none. */
export function faultsOf(
  network: NetworkFaults | undefined,
  more: Omit<StoreFaults, keyof NetworkFaults>,
): StoreFaults {
  return network ? { ...network, ...more } : noFaults;
}

const notAsked = (): never => {
  throw new Error('Ask for it: startRig({ storeCanFail: true }).');
};

/** Of a store that others use too, or that is a file. */
export const noFaults: StoreFaults = {
  cut: notAsked,
  pause: notAsked,
  mend: notAsked,
  refuseWrites: notAsked,
  changePassword: notAsked,
};
