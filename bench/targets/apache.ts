import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, startProgram } from '../program.ts';
import { closing, noRedis, type Redis, startRedis } from '../surroundings/redis.ts';
import { cookieHeader, signIn } from './sign-in.ts';
import type { Started, Surroundings, Target, Unavailable } from './target.ts';

/** Where Debian puts them. */
const modules = '/usr/lib/apache2/modules';

/** The module that Apache’s users take, with the sessions that one machine has in its shared memory. */
export const apacheSharedMemory: Target = {
  name: 'mod_auth_openidc',
  about: 'Apache with its event MPM, sessions in shared memory, the access token sent upstream',
  start: (surroundings) => start(surroundings, 'shm'),
};

/** The same as several machines use it. */
export const apacheRedis: Target = {
  name: 'mod_auth_openidc, Redis',
  about: 'the same, sessions in Redis',
  start: (surroundings) => start(surroundings, 'redis'),
};

async function start(surroundings: Surroundings, cache: 'shm' | 'redis'): Promise<Started | Unavailable> {
  const { machine, folder, upstream } = surroundings;
  const version = findApache();
  if (version === undefined) return { kind: 'unavailable', reason: 'apache2 is not installed' };
  if (!existsSync(path.join(modules, 'mod_auth_openidc.so')))
    return { kind: 'unavailable', reason: 'libapache2-mod-auth-openidc is not installed' };
  const redis = cache === 'redis' ? await startRedis(machine, folder) : undefined;
  if (cache === 'redis' && !redis) return noRedis;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'apache.conf');
  await writeFile(file, configuration(surroundings, port, redis));
  const program = await startProgram({
    machine,
    place: 'server',
    name: 'apache',
    folder,
    command: 'apache2',
    args: ['-D', 'FOREGROUND', '-f', file],
    readyUrl: `${origin}/`,
  });
  const close = closing(program, ...(redis ? [redis] : []));
  // Whoever calls the API without a session is sent to sign in.
  const jar = await signIn(origin, upstream.path).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    kind: 'started',
    url: `${origin}${upstream.path}`,
    headers: { Cookie: cookieHeader(jar) },
    pids: [program.pid],
    sends: 'bearer',
    madeOf: [`Apache ${version}`, moduleVersion(), redis?.name].filter(Boolean).join(', '),
    close,
  };
}

function findApache(): string | undefined {
  return /Apache\/(\S+)/.exec(spawnSync('apache2', ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1];
}

function moduleVersion(): string {
  const { stdout } = spawnSync('dpkg-query', ['-W', 'libapache2-mod-auth-openidc'], { encoding: 'utf8' });
  return `mod_auth_openidc ${/\t(\S+)/.exec(stdout ?? '')?.[1] ?? 'of an unknown version'}`;
}

/**
 * Debian’s own settings of the event MPM, but for as many threads as 1,000 streams and some calls need, none of which
 * is given up while idle: the connections of a process that ends would count as bad.
 */
function configuration({ folder, upstream, provider }: Surroundings, port: number, redis?: Redis): string {
  const needed = [
    'authn_core',
    'authz_core',
    'authz_user',
    'env',
    'headers',
    'mpm_event',
    'proxy',
    'proxy_http',
  ];
  return `
    ServerRoot ${folder}
    DefaultRuntimeDir ${folder}
    ServerName 127.0.0.1
    Listen 127.0.0.1:${port}
    PidFile ${folder}/apache.pid
    ErrorLog ${folder}/apache-errors.log
    LogLevel error
    ${[...needed, 'auth_openidc'].map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n    ')}
    ${process.getuid?.() === 0 ? 'User www-data\n    Group www-data' : ''}
    StartServers 4
    MinSpareThreads 25
    MaxSpareThreads 1200
    ThreadLimit 64
    ThreadsPerChild 25
    ServerLimit 48
    MaxRequestWorkers 1200
    MaxConnectionsPerChild 0
    KeepAlive On
    MaxKeepAliveRequests 0
    KeepAliveTimeout 60
    Timeout 120

    OIDCProviderMetadataURL ${provider.issuer}/.well-known/openid-configuration
    OIDCClientID ${provider.clientId}
    OIDCClientSecret ${provider.clientSecret}
    OIDCRedirectURI http://127.0.0.1:${port}/callback
    OIDCCryptoPassphrase ${randomBytes(24).toString('base64url')}
    OIDCScope "openid profile email"
    OIDCPKCEMethod S256
    OIDCSSLValidateServer Off
    OIDCSessionType server-cache
    OIDCSessionInactivityTimeout 86400
    OIDCPassClaimsAs environment
    ${redis ? `OIDCCacheType redis\n    OIDCRedisCacheServer ${redis.host}` : 'OIDCCacheType shm'}

    <Location /callback>
      AuthType openid-connect
      Require valid-user
    </Location>
    <Location ${upstream.prefix}>
      AuthType openid-connect
      Require valid-user
      RequestHeader set Authorization "Bearer %{OIDC_access_token}e"
      RequestHeader unset Cookie
      ProxyPass ${upstream.origin}${upstream.prefix} flushpackets=on
    </Location>
  `;
}
