import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { JWTVerifyGetKey } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { exposureProblems } from './exposure.ts';
import { assertionGrantType, createAssertionGrant } from './federation/grant.ts';
import { clientKeys } from './federation/keys.ts';
import { type Log, logProvider } from './log.ts';
import { errorPage } from './pages/error.ts';
import { signedOutPage, signOutPage } from './pages/sign-out.ts';
import { bffClient, bffClientId, clientOrigins } from './provider/clients.ts';
import { providerConfiguration } from './provider/configuration.ts';
import type { TokenLifetimes } from './provider/lifetimes.ts';
import { catchTheRest, completeMetadata } from './provider/middleware.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { IdpStartError } from './start-error.ts';
import { SqliteAdapter } from './store/adapter.ts';
import { ConsentStore } from './store/consents.ts';
import { openDatabase } from './store/database.ts';
import { startSweep } from './store/sweep.ts';
import { UsedAssertions } from './store/used-assertions.ts';
import { frontDoor } from './web/front-door.ts';
import { closeServer, listen } from './web/listen.ts';

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
  /** Without it, `http://<host>:<port>`. */
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

  let issuer: string;
  try {
    const port = await listen(server, host, options.port);
    issuer = configuredIssuer ?? issuerAt(host, port);
    server.on('request', assemble(options, issuer, secrets, database, log));
  } catch (cause) {
    server.close();
    closeState();
    throw cause;
  }

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

function issuerAt(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  if (everywhere) return `http://127.0.0.1:${port}`;
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

function assemble(options: IdpOptions, issuer: string, secrets: Secrets, database: DatabaseSync, log: Log) {
  const { apiAudience, lifetimes, publicUrl } = options;
  const consents = new ConsentStore(database);
  const clients = [
    bffClient(publicUrl, secrets.clientSecret, options.moreRedirectUris ?? []),
    ...(options.moreClients ?? []),
  ];
  const assertions = createAssertionGrant({
    apiAudience,
    accessTokenTtl: lifetimes.accessToken,
    keys: assertionKeys(clients),
    used: new UsedAssertions(database),
    now: Date.now,
  });
  const provider = new Provider(
    issuer,
    providerConfiguration({
      adapter: (model) => new SqliteAdapter(database, model, Date.now),
      apiAudience,
      clients,
      consents,
      federatedClaims: assertions.claims,
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
  assertions.register(provider);
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

function assertionKeys(clients: readonly ClientMetadata[]): ReadonlyMap<string, JWTVerifyGetKey> {
  const keys = new Map<string, JWTVerifyGetKey>();
  for (const client of clients) {
    const found = client.grant_types?.includes(assertionGrantType) ? clientKeys(client, fetch) : undefined;
    if (found) keys.set(client.client_id, found);
  }
  return keys;
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
