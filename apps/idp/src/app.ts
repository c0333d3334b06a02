import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { exposureProblems } from './exposure.ts';
import { type Log, logProvider } from './log.ts';
import { errorPage } from './pages/error.ts';
import { signedOutPage, signOutPage } from './pages/sign-out.ts';
import { bffClient, bffClientId, clientOrigins } from './provider/clients.ts';
import { providerConfiguration } from './provider/configuration.ts';
import type { TokenLifetimes } from './provider/lifetimes.ts';
import { catchTheRest, completeMetadata } from './provider/middleware.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { SqliteAdapter } from './store/adapter.ts';
import { ConsentStore } from './store/consents.ts';
import { openDatabase } from './store/database.ts';
import { startSweep } from './store/sweep.ts';
import { frontDoor } from './web/front-door.ts';

export interface IdpOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen on; loopback unless `exposed`. */
  readonly host: string;
  /** Keys, client secret and state live in its folder `idp`. */
  readonly dataDirectory: string;
  /** The BFF's origin, without a trailing slash. */
  readonly publicUrl: string;
  /** The `aud` of access tokens, and the resource indicator that asks for them. */
  readonly apiAudience: string;
  readonly lifetimes: TokenLifetimes;
  /** Without it, `http://127.0.0.1:<port>`. */
  readonly issuer?: string;
  /** Somebody means to run the demo where others can reach it. */
  readonly exposed?: boolean;
  /** Further redirect URIs of the BFF's client, and further clients: for tests. */
  readonly moreRedirectUris?: readonly string[];
  readonly moreClients?: readonly ClientMetadata[];
  /** Takes the events; without it nothing is logged. */
  readonly log?: Log;
}

/** A running authorization server. */
export interface Idp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ends open connections and closes the database; may be called twice. */
  close(): Promise<void>;
}

/** The server cannot start; the message is one line that says what to do. */
export class IdpStartError extends Error {
  override readonly name = 'IdpStartError';
}

/**
 * Starts the demo authorization server.
 *
 * @throws IdpStartError where it must not run, the port is taken, or the data directory is unusable
 */
export async function startIdp(options: IdpOptions): Promise<Idp> {
  const { host, issuer: configuredIssuer, log = () => {} } = options;
  const problems = exposureProblems({ production: false, host, issuer: configuredIssuer });
  if (!options.exposed && problems.length > 0) throw new IdpStartError(problems.join('; '));

  const { secrets, database } = await openState(options.dataDirectory);
  const stopSweep = startSweep(database, Date.now);
  const server = createServer();
  const closeState = () => {
    stopSweep();
    database.close();
  };

  let port: number;
  try {
    port = await listen(server, options);
  } catch (cause) {
    closeState();
    throw cause;
  }

  const issuer = configuredIssuer ?? `http://127.0.0.1:${port}`;
  server.on('request', assemble(options, issuer, secrets, database, log));

  let closing: Promise<void> | undefined;
  return {
    issuer,
    clientId: bffClientId,
    clientSecret: secrets.clientSecret,
    close() {
      closing ??= closeServer(server).then(closeState);
      return closing;
    },
  };
}

function assemble(options: IdpOptions, issuer: string, secrets: Secrets, database: DatabaseSync, log: Log) {
  const { apiAudience, lifetimes, publicUrl } = options;
  const consents = new ConsentStore(database);
  const clients = [
    bffClient(publicUrl, secrets.clientSecret, options.moreRedirectUris ?? []),
    ...(options.moreClients ?? []),
  ];
  const provider = new Provider(
    issuer,
    providerConfiguration({
      adapter: (model) => new SqliteAdapter(database, model, Date.now),
      apiAudience,
      clients,
      consents,
      lifetimes,
      secrets,
      pages: {
        error: (ctx, out) => {
          ctx.type = 'html';
          ctx.body = errorPage(out, publicUrl);
        },
        signOut: signOutPage,
        signedOut: () => signedOutPage(publicUrl),
      },
    }),
  );
  // An https issuer means that a proxy ends TLS in front of us.
  provider.proxy = issuer.startsWith('https:');
  completeMetadata(provider);
  catchTheRest(provider, log, (error) => errorPage({ error }, publicUrl));
  logProvider(provider, log);
  return frontDoor({
    provider,
    consents,
    publicUrl,
    log,
    formKey: secrets.formKey,
    formTargets: clientOrigins(clients),
  });
}

async function openState(dataDirectory: string): Promise<{ secrets: Secrets; database: DatabaseSync }> {
  const directory = join(resolve(dataDirectory), 'idp');
  try {
    const secrets = await loadSecrets(directory);
    return { secrets, database: openDatabase(directory) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = 'set DATA_DIR to a directory that this user can write';
    throw new IdpStartError(`DATA_DIR: cannot use ${directory} (${reason}): ${fix}`, { cause });
  }
}

function listen(server: Server, { port, host }: IdpOptions): Promise<number> {
  return new Promise((resolvePort, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `IDP_PORT: ${port} is taken: end what listens there, or set IDP_PORT to a free port`;
      const other = `IDP_HOST: cannot listen on ${host}:${port} (${cause.message}): use 127.0.0.1 and a free port`;
      reject(new IdpStartError(cause.code === 'EADDRINUSE' ? taken : other, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolvePort(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolveClosed) => {
    server.close(() => resolveClosed());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 2_000).unref();
  });
}
