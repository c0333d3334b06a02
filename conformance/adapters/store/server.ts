import { type Link, startLink } from '../../faults/link.ts';
import type { FaultyStore } from '../../faults/stores/store.ts';
import type { StoreNetwork } from './store.ts';

/** A server that a store is on: shared by the BFFs of a run, or one store's own. */
export interface StoreServer {
  /** For the test itself. */
  readonly url: string;
  /** For the BFF. */
  readonly urlForBff: string;
  readonly network: StoreNetwork;
  close(): Promise<void>;
}

/**
 * Takes the shared server, or starts one with a network that can fail.
 *
 * @param shared its URL
 */
export async function takeServer(
  shared: string | undefined,
  start: () => Promise<FaultyStore>,
): Promise<StoreServer> {
  if (shared !== undefined)
    return { url: shared, urlForBff: shared, network: noNetwork, close: async () => undefined };
  const store = await start();
  if (!store.server) throw new Error(`${store.name} is no server`);
  const link = await startLink(store.server.port);
  return {
    url: store.url,
    urlForBff: store.server.urlVia(link.port),
    network: failingNetwork(store, link),
    async close() {
      store.resume();
      await link.close();
      await store.close();
    },
  };
}

function failingNetwork(store: FaultyStore, link: Link): StoreNetwork {
  return {
    cut: () => link.cut(),
    pause: () => store.pause(),
    mend() {
      store.resume();
      link.mend();
    },
  };
}

const notAsked = (): never => {
  throw new Error('Ask for it: startRig({ ownStoreServer: true }).');
};

/** Of a store that others use too, or that is a file. */
export const noNetwork: StoreNetwork = { cut: notAsked, pause: notAsked, mend: notAsked };
