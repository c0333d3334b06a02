import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Config } from './config/schema.ts';
import { listen } from './listen.ts';
import { createManagement, manage } from './management.ts';
import { openPublicSide } from './public-side.ts';

/** A running server, of one process or several. */
export interface Serving {
  readonly url: string;
  readonly managementUrl: string;
  readonly log: FastifyBaseLogger;
  /** Stops taking new requests, lets those under way end, and closes the store. */
  close(): Promise<void>;
}

/** A running server of one process. */
export interface Running extends Serving {
  readonly app: FastifyInstance;
}

/**
 * Starts the server and its management port, in this process: `workers` is not looked at.
 *
 * @throws PortTaken, ConfigError, or the store's error
 */
export async function serve(config: Config): Promise<Running> {
  const side = await openPublicSide(config);
  const { app, url } = side;
  const management = createManagement();
  manage(management, app.coatcheck, side.isStopping);
  try {
    const { host = 'localhost', port = 3001 } = config.management ?? {};
    const managementUrl = await listen(management, { host, port, key: 'management.port' });
    const close = async () => {
      await side.close();
      await management.close();
    };
    return { app, url, managementUrl, log: app.log, close };
  } catch (error) {
    await Promise.all([side.abandon(), management.close()]);
    throw error;
  }
}
