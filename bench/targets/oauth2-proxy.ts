import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, startProgram } from '../program.ts';
import { closing, noRedis, startRedis } from '../surroundings/redis.ts';
import { cookieHeader, signIn } from './sign-in.ts';
import type { Surroundings, Target } from './target.ts';

const run = promisify(execFile);
const source = path.join(import.meta.dirname, '../peers/oauth2-proxy');
const module = 'github.com/oauth2-proxy/oauth2-proxy/v7';

/** The widest used of its kind, in Go, built from the version that peers/oauth2-proxy/go.mod names. */
export const oauth2Proxy: Target = {
  name: 'oauth2-proxy',
  about: 'sessions in Redis, the access token sent upstream by its header injection, nothing logged',
  async start(surroundings) {
    const { machine, folder } = surroundings;
    const built = await build();
    if (typeof built === 'string') return { kind: 'unavailable', reason: built };
    const redis = await startRedis(machine, folder);
    if (!redis) return noRedis;
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const alpha = path.join(folder, 'oauth2-proxy.yaml');
    // JSON is YAML.
    await writeFile(alpha, JSON.stringify(configuration(surroundings, port)));
    const program = await startProgram({
      machine,
      place: 'server',
      name: 'oauth2-proxy',
      folder,
      command: built.program,
      args: [`--alpha-config=${alpha}`, ...flags(origin, redis.url)],
      readyUrl: `${origin}/ping`,
    });
    const close = closing(program, redis);
    const jar = await signIn(origin, '/oauth2/start?rd=%2F').catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return {
      kind: 'started',
      url: `${origin}${surroundings.upstream.path}`,
      headers: { Cookie: cookieHeader(jar) },
      pids: [program.pid],
      sends: 'bearer',
      madeOf: `oauth2-proxy ${built.version} of ${built.go}, ${redis.name}`,
      close,
    };
  },
};

interface Built {
  readonly program: string;
  readonly version: string;
  readonly go: string;
}

/** Builds it once, through the Go module proxy, into `.data/`, which Git ignores. @returns why it cannot be had */
async function build(): Promise<Built | string> {
  const go = /go(\d\S+)/.exec(spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  if (go === undefined) return 'Go, which builds it, is not in PATH';
  const required = await readFile(path.join(source, 'go.mod'), 'utf8');
  const version = new RegExp(`${module} v(\\S+)`).exec(required)?.[1] ?? '?';
  const program = path.join(import.meta.dirname, '../.data/peers', `oauth2-proxy-${version}`);
  if (!existsSync(program)) {
    console.error('building oauth2-proxy, once');
    const args = ['build', '-mod=readonly', '-trimpath', '-ldflags=-s', '-o', program, module];
    try {
      await run('go', args, { cwd: source });
    } catch (error) {
      const words = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
      return `Go did not build it: ${words}`;
    }
  }
  return { program, version, go: `Go ${go}` };
}

function configuration({ upstream, provider }: Surroundings, port: number) {
  return {
    server: { bindAddress: `127.0.0.1:${port}` },
    upstreamConfig: { upstreams: [{ id: 'api', path: `${upstream.prefix}/`, uri: upstream.origin }] },
    injectRequestHeaders: [
      { name: 'Authorization', values: [{ claimSource: { claim: 'access_token', prefix: 'Bearer ' } }] },
      // A header without values is taken out.
      { name: 'Cookie' },
    ],
    providers: [
      {
        id: 'provider',
        provider: 'oidc',
        clientID: provider.clientId,
        clientSecret: provider.clientSecret,
        code_challenge_method: 'S256',
        scope: 'openid profile email',
        oidcConfig: {
          issuerURL: provider.issuer,
          emailClaim: 'sub',
          audienceClaims: ['aud'],
          insecureAllowUnverifiedEmail: true,
        },
      },
    ],
  };
}

function flags(origin: string, redis: string): string[] {
  return [
    `--redirect-url=${origin}/oauth2/callback`,
    '--email-domain=*',
    '--cookie-secure=false',
    `--cookie-secret=${randomBytes(32).toString('base64url')}`,
    '--session-store-type=redis',
    `--redis-connection-url=${redis}`,
    '--skip-provider-button',
    '--request-logging=false',
    '--auth-logging=false',
    '--standard-logging=false',
  ];
}
