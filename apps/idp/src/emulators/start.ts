import { createServer } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { exposureProblems } from '../exposure.ts';
import type { Log } from '../log.ts';
import { IdpStartError } from '../start-error.ts';
import { closeServer, listen } from '../web/listen.ts';
import type { Route } from './call.ts';
import type { EmulatedClient, Emulator, EmulatorOptions } from './emulator.ts';
import { emulatorFront } from './front.ts';
import { formPath } from './sign-in/sign-in.ts';
import { openRecords } from './state/records.ts';

/** What makes one brand out of the common server. */
export interface BrandServer {
  /** `google`: names the state file and the variable of the port. */
  readonly id: string;
  readonly styles: string;
  readonly assemble: (parts: AssembleParts) => Promise<readonly Route[]> | readonly Route[];
}

export interface AssembleParts {
  readonly origin: string;
  readonly database: DatabaseSync;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Starts an emulator.
 *
 * @throws IdpStartError where it must not run, the port is taken, or the data directory is unusable
 */
export async function startEmulator(
  options: EmulatorOptions<EmulatedClient>,
  brand: BrandServer,
): Promise<Emulator> {
  const { host = '127.0.0.1', log = () => {}, now = Date.now } = options;
  const problems = exposureProblems({ production: false, host, issuer: options.origin });
  if (!options.exposed && problems.length > 0) throw new IdpStartError(problems.join('; '));

  const database = openRecords(options.dataDirectory, brand.id);
  const server = createServer();
  try {
    const port = await listen(server, host, options.port, `${brand.id.toUpperCase()}_EMULATOR_PORT`);
    const origin = options.origin ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const routes = await brand.assemble({ origin, database, now, log });
    const formTargets = options.clients.flatMap((client) =>
      client.redirectUris.map((uri) => new URL(uri).origin),
    );
    server.on(
      'request',
      emulatorFront({
        origin,
        routes,
        styles: brand.styles,
        formTargets: [...new Set(formTargets)],
        formPath,
        log: (event, fields) => log(event, { emulator: brand.id, ...fields }),
      }),
    );
    let closing: Promise<void> | undefined;
    return {
      url: origin,
      close() {
        closing ??= closeServer(server).then(() => database.close());
        return closing;
      },
    };
  } catch (cause) {
    server.close();
    database.close();
    throw cause;
  }
}
