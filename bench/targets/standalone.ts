import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { managementPaths } from '@coatcheck/protocol';
import type { Machine } from '../machine.ts';
import { freePort, type Program, startProgram } from '../program.ts';

const program = path.join(import.meta.dirname, '../../apps/bff/src/cli/main.ts');

/**
 * Starts the standalone server on the server's core, on ports of its own and with new keys. Requests are not logged
 * unless the options say so.
 *
 * @param folder for its configuration
 * @param options the rest of its configuration: store, providers, routes
 * @param nodeOptions of the process
 */
export async function startStandalone(
  machine: Machine,
  folder: string,
  options: Readonly<Record<string, unknown>>,
  nodeOptions: readonly string[] = [],
): Promise<{ readonly origin: string; readonly server: Program }> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const config = {
    publicUrl: origin,
    listen: { host: '127.0.0.1', port },
    management: { host: '127.0.0.1', port: managementPort },
    keys: [randomBytes(32).toString('base64url')],
    log: { requests: false },
    ...options,
  };
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const server = await startProgram({
    machine,
    place: 'server',
    name: 'coatcheck',
    folder,
    command: process.execPath,
    args: [...nodeOptions, program, 'serve', '--config', file],
    readyUrl: `http://127.0.0.1:${managementPort}${managementPaths.live}`,
  });
  return { origin, server };
}
