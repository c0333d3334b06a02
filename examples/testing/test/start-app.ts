import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AuthorizationServer } from '@coatcheck/testing';
import { buildApi } from '../api/server.ts';

const audience = 'https://api.example';
const project = path.join(import.meta.dirname, '..');

export interface RunningApp {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the API and the BFF in front of it, with people signed in by `as`.
 *
 * @param pages the build to serve; tests without a browser need none
 */
export async function startApp(
  as: AuthorizationServer,
  pages: string | null = path.join(project, 'dist'),
): Promise<RunningApp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'notes-'));
  const api = await buildApi(as.issuer, audience);
  const upstream = await api.listen({ host: '127.0.0.1', port: 0 });
  const [port, managementPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const config = {
    publicUrl: url,
    listen: { host: 'localhost', port },
    management: { host: '127.0.0.1', port: managementPort },
    keys: [randomBytes(32).toString('base64url')],
    store: { url: `sqlite:${path.join(folder, 'sessions.db')}` },
    providers: [
      {
        id: 'main',
        issuer: as.issuer,
        clientId: as.client.clientId,
        clientSecret: as.client.clientSecret,
      },
    ],
    routes: [{ prefix: '/api', upstream, resource: audience }],
    ...(pages !== null && { spa: { directory: pages } }),
  };
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const server = spawn(path.join(project, 'node_modules/.bin/coatcheck'), ['serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(server, 'exit');
  await untilAlive(`http://127.0.0.1:${managementPort}/livez`, () => server.exitCode);
  return {
    url,
    async close() {
      server.kill('SIGTERM');
      await ended;
      await api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAlive(url: string, exitCode: () => number | null): Promise<void> {
  for (let deadline = Date.now() + 20_000; ; ) {
    const isAlive = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAlive) return;
    if (exitCode() !== null || Date.now() > deadline) throw new Error('Coatcheck did not start; see above.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
