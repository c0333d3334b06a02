import { startSharedServer } from './adapters/store/open.ts';

/** Starts the store server that the BFFs of a whole run share, if `CONFORMANCE_STORE` asks for one. */
export default async function startStoreServer(): Promise<() => Promise<void>> {
  const server = await startSharedServer();
  if (server) process.env.CONFORMANCE_STORE_URL = server.url;
  return async () => server?.close();
}
