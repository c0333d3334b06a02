import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cookieNames, managementPaths, pathsUnder } from '@coatcheck/protocol';
import { freePort, startProgram } from '../program.ts';
import { versionOf } from '../version.ts';
import { signIn } from './sign-in.ts';
import type { Started, Surroundings, Target } from './target.ts';

const program = path.join(import.meta.dirname, '../../apps/bff/src/cli/main.ts');

/** The standalone server on SQLite, with a session. Requests are not logged, as with the others. */
export const coatcheck: Target = {
  name: 'coatcheck',
  about: 'the standalone server on SQLite, signed in, the access token sent upstream',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: false }),
};

/** The same without ticket, session and token: what is left is the price of signing in. */
export const coatcheckAnonymous: Target = {
  name: 'coatcheck, anonymous route',
  about: 'the same server, a route with `session: none`',
  start: (surroundings) => start(surroundings, { session: 'none', logRequests: false }),
};

/** As it comes: two lines of JSON for each request. */
export const coatcheckWithLog: Target = {
  name: 'coatcheck, requests logged',
  about: 'signed in, with the request log that is on by default (written to /dev/null)',
  start: (surroundings) => start(surroundings, { session: 'required', logRequests: true }),
};

/** The first of these, watched by V8's profiler, which writes into a folder when the server ends. */
export function profiledCoatcheck(profiles: string): Target {
  const nodeOptions = ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', profiles];
  return {
    ...coatcheck,
    start: (surroundings) => start(surroundings, { session: 'required', logRequests: false, nodeOptions }),
  };
}

interface Variant {
  readonly session: 'required' | 'none';
  readonly logRequests: boolean;
  readonly nodeOptions?: readonly string[];
}

async function start(surroundings: Surroundings, variant: Variant): Promise<Started> {
  const { machine, folder, upstream } = surroundings;
  const [port, managementPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const config = path.join(folder, 'config.json');
  await writeFile(config, JSON.stringify(configuration(surroundings, variant, port, managementPort)));
  const server = await startProgram({
    machine,
    place: 'server',
    name: 'coatcheck',
    folder,
    command: process.execPath,
    args: [...(variant.nodeOptions ?? []), program, 'serve', '--config', config],
    readyUrl: `http://127.0.0.1:${managementPort}${managementPaths.live}`,
  });
  const headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin' };
  if (variant.session === 'required') {
    const { ticket } = cookieNames();
    const jar = await signIn(origin, pathsUnder().login).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
    headers.Cookie = `${ticket}=${jar.cookie(ticket)}`;
  }
  return {
    kind: 'started',
    url: `${origin}${upstream.path}`,
    headers,
    pids: [server.pid],
    sends: variant.session === 'required' ? 'bearer' : 'nothing',
    madeOf: `this tree; fastify ${versionOf('fastify')}, undici ${versionOf('undici')}`,
    close: server.close,
  };
}

function configuration(
  { folder, upstream, provider }: Surroundings,
  { session, logRequests }: Variant,
  port: number,
  managementPort: number,
) {
  return {
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { host: '127.0.0.1', port },
    management: { host: '127.0.0.1', port: managementPort },
    keys: [randomBytes(32).toString('base64url')],
    store: { url: `sqlite:${path.join(folder, 'sessions.db')}` },
    providers: [{ id: 'provider', ...provider }],
    routes: [{ prefix: upstream.prefix, upstream: upstream.origin, session }],
    log: { requests: logRequests },
  };
}
