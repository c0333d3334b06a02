import { freePort, startProgram } from '../program.ts';
import { versionOf } from '../version.ts';
import { cookieHeader, signIn } from './sign-in.ts';
import type { Started, Surroundings } from './target.ts';

/**
 * Starts a program of ours that is put together from packages, tells it by its environment where everything is, and
 * signs in at its `/login`.
 *
 * @param made the program's file, its name in the log, and the packages it is made of
 * @param readyPath answers when it serves
 */
export async function startOfPlugins(
  { machine, upstream, provider, folder }: Surroundings,
  made: { readonly file: string; readonly name: string; readonly packages: readonly string[] },
  readyPath: string,
): Promise<Started> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    machine,
    place: 'server',
    name: made.name,
    folder,
    command: process.execPath,
    args: [made.file],
    environment: {
      PORT: String(port),
      UPSTREAM: upstream.origin,
      PREFIX: upstream.prefix,
      ISSUER: provider.issuer,
      CLIENT_ID: provider.clientId,
      CLIENT_SECRET: provider.clientSecret,
    },
    readyUrl: `${origin}${readyPath}`,
  });
  const jar = await signIn(origin, '/login').catch(async (error: unknown) => {
    await program.close();
    throw error;
  });
  return {
    kind: 'started',
    url: `${origin}${upstream.path}`,
    headers: { Cookie: cookieHeader(jar) },
    pids: [program.pid],
    sends: 'bearer',
    madeOf: made.packages.map((name) => `${name} ${versionOf(name)}`).join(', '),
    close: program.close,
  };
}
