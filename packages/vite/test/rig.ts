import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJar, type Jar, type JarResponse, startUpstream, type Upstream } from '@coatcheck/testing';
import { createLogger, createServer, type ViteDevServer } from 'vite';
import { type CoatcheckViteOptions, coatcheck } from '../src/index.ts';

/** A Vite dev server with the plugin, a project of one page, and an API behind it. */
export interface Rig {
  readonly vite: ViteDevServer;
  readonly url: string;
  readonly upstream: Upstream;
  /** What the plugin said in the terminal, newest last. */
  readonly lines: string[];
  /** The provider's address, when it has said so. */
  provider(): Promise<string>;
  close(): Promise<void>;
}

/** @param configure what the plugin is told, given the API's address */
export async function startRig(
  configure: (upstream: string) => CoatcheckViteOptions = (upstream) => ({
    routes: [{ prefix: '/api', upstream, websocket: true }],
  }),
): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), 'coatcheck-vite-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>app</title><div id="root"></div>');
  await writeFile(join(root, 'package.json'), '{"name":"app","type":"module"}');
  const upstream = await startUpstream();
  const lines: string[] = [];
  const logger = createLogger('silent');
  for (const level of ['info', 'warn', 'error'] as const) logger[level] = (line) => void lines.push(line);
  const port = await freePort();
  const vite = await createServer({
    root,
    configFile: false,
    customLogger: logger,
    server: { port, strictPort: true },
    plugins: [coatcheck({ providerPort: await freePort(), ...configure(upstream.url) })],
  });
  await vite.listen();
  return {
    vite,
    url: `http://localhost:${port}`,
    upstream,
    lines,
    async provider() {
      const found = await seen(lines, /provider at (http:\S+)/);
      return found[1] ?? '';
    },
    async close() {
      await vite.close();
      await upstream.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Waits for a line of the terminal. */
export async function seen(lines: readonly string[], pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    for (const line of lines) {
      const found = pattern.exec(line);
      if (found) return found;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Goes through the provider's page as a browser would, and comes back to the app. */
export async function signIn(
  rig: Rig,
  jar: Jar,
  email = 'alice@example.test',
  person?: Jar,
): Promise<JarResponse> {
  const atProvider = person ?? createJar(await rig.provider());
  const start = await jar.navigate('/bff/login?return_to=/');
  const page = await follow(
    atProvider,
    await atProvider.navigate(start.location ?? '', { site: 'cross-site' }),
  );
  const posted = await post(atProvider, await page.text(), { sub: email });
  const callback = await follow(atProvider, posted);
  return jar.navigate(callback.location ?? '', { site: 'cross-site' });
}

/** Sends the form of a page with its hidden fields, as a browser does. */
export function post(browser: Jar, page: string, fields: Record<string, string>): Promise<JarResponse> {
  const action = /action="([^"]+)"/.exec(page)?.[1] ?? '';
  const hidden = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)];
  const body = new URLSearchParams(
    hidden.map(([, name = '', value = '']): [string, string] => [name, value]),
  );
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return browser.navigate(action, { method: 'POST', site: 'same-origin', body });
}

/** Follows redirects while they stay at the provider. */
export async function follow(person: Jar, first: JarResponse): Promise<JarResponse> {
  let answer = first;
  while (answer.location?.startsWith(person.baseUrl)) answer = await person.navigate(answer.location);
  return answer;
}
