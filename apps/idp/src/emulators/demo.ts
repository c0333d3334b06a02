import { join, resolve } from 'node:path';
import type { Log } from '../log.ts';
import { loadClientSecret } from '../secrets.ts';
import { IdpStartError } from '../start-error.ts';
import type { EmulatedClient, Emulator } from './emulator.ts';
import { startFacebookEmulator } from './facebook/facebook.ts';
import { startGitHubEmulator } from './github/github.ts';
import { startGoogleEmulator } from './google/google.ts';

/** A port for each emulator that is to run; 0 takes a free one. */
export type EmulatorPorts = Readonly<Partial<Record<'google' | 'github' | 'facebook', number>>>;

export interface DemoEmulatorOptions {
  readonly ports: EmulatorPorts;
  /** The address to listen on. */
  readonly host: string;
  /** The host of their origins, where it is another one. */
  readonly originHost?: string;
  /** State and the BFF's client secrets live in its folder `idp`. */
  readonly dataDirectory: string;
  /** The BFF's origin. */
  readonly publicUrl: string;
  readonly exposed?: boolean;
  readonly log?: Log;
}

/** The BFF's client id at each of them. */
export const demoClientIds = {
  google: 'coatcheck-demo',
  github: 'coatcheck-demo',
  facebook: '1234567890123456',
} as const;

/**
 * Starts the emulators of the demo, with the BFF as their one client.
 *
 * @throws IdpStartError where one cannot start; none is left running then
 */
export async function startDemoEmulators(options: DemoEmulatorOptions): Promise<readonly Emulator[]> {
  const { host, ports, dataDirectory, log, originHost } = options;
  const running: Emulator[] = [];
  try {
    for (const brand of ['google', 'github', 'facebook'] as const) {
      const port = ports[brand];
      if (port === undefined) continue;
      const client = await demoClient(brand, options);
      const common = {
        port,
        host,
        dataDirectory,
        ...(originHost !== undefined && port > 0 && { origin: `http://${originHost}:${port}` }),
        ...(log && { log }),
        ...(options.exposed && { exposed: true }),
      };
      if (brand === 'google') running.push(await startGoogleEmulator({ ...common, clients: [client] }));
      if (brand === 'facebook') {
        const strict = { ...client, requireAppSecretProof: true };
        running.push(await startFacebookEmulator({ ...common, clients: [strict] }));
      }
      if (brand === 'github') {
        running.push(await startGitHubEmulator({ ...common, clients: [{ ...client, kind: 'oauth-app' }] }));
      }
    }
    return running;
  } catch (cause) {
    await Promise.all(running.map((emulator) => emulator.close()));
    throw cause;
  }
}

async function demoClient(
  brand: keyof typeof demoClientIds,
  { dataDirectory, publicUrl }: DemoEmulatorOptions,
): Promise<EmulatedClient> {
  const directory = join(resolve(dataDirectory), 'idp');
  try {
    return {
      clientId: demoClientIds[brand],
      clientSecret: await loadClientSecret(directory, `${brand}-client-secret`),
      name: 'Coatcheck demo',
      redirectUris: [`${publicUrl}/bff/callback/${brand}`],
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IdpStartError(`DATA_DIR: cannot use ${directory} (${reason})`, { cause });
  }
}
