import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import type { Secrets } from '../state.ts';
import { type DevelopmentClient, providerConfiguration } from './configuration.ts';
import { frontDoor } from './front-door.ts';
import { recordIssued } from './issued.ts';
import { openRecords } from './records.ts';
import type { DevelopmentUser } from './users.ts';

export interface DevelopmentProviderOptions {
  readonly secrets: Secrets;
  /** File of the provider's records. */
  readonly file: string;
  readonly users: readonly DevelopmentUser[];
  readonly client: DevelopmentClient;
  readonly publicOrigin: string;
  /** The port to try first; others follow only where `isFixed` is false. */
  readonly port: number;
  readonly isFixed: boolean;
  readonly tokensFile: string | undefined;
  readonly failed: (error: unknown) => void;
}

/** A running provider. */
export interface DevelopmentProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

/**
 * Starts an OpenID Provider for development on 127.0.0.1: another site than `localhost`, so that sign-in crosses sites
 * as it will in production.
 *
 * @throws where the port is taken and no other will do
 */
export async function startDevelopmentProvider(
  options: DevelopmentProviderOptions,
): Promise<DevelopmentProvider> {
  const { secrets, users, client, publicOrigin, failed } = options;
  const server = createServer();
  const port = await listen(server, options.port, options.isFixed);
  const issuer = `http://127.0.0.1:${port}`;
  const records = openRecords(options.file, Date.now);
  const { signingKey, cookieKey } = secrets;
  const provider = new Provider(
    issuer,
    providerConfiguration({ records, signingKey, cookieKey, users, client }),
  );
  // Else Koa writes to stderr too.
  provider.silent = true;
  provider.on('server_error', (_ctx, error) => failed(error));
  if (options.tokensFile !== undefined) recordIssued(provider, options.tokensFile);
  server.on('request', frontDoor({ provider, users, publicOrigin, failed }));
  return {
    issuer,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      records.close();
    },
  };
}

async function listen(server: Server, port: number, isFixed: boolean): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    if (isFixed) throw new Error(`Port ${port} is taken. Set providerPort to a free one.`, { cause: error });
    return listen(server, 0, true);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
