import { join } from 'node:path';
import { type CoatcheckOptions, ConfigError, isLoopback } from '@coatcheck/bff';
import { defaultBasePath, pathsUnder } from '@coatcheck/protocol';
import type { Logger } from 'vite';
import { type MountedBff, mountBff } from './bff.ts';
import { viteLog } from './log.ts';
import type { CoatcheckViteOptions } from './options.ts';
import { type DevelopmentProvider, startDevelopmentProvider } from './provider/start.ts';
import { type DevelopmentUser, defaultUsers, extraClaims } from './provider/users.ts';
import { keepSecrets, lastPort, rememberPort, type Secrets } from './state.ts';

export interface DevelopmentParts {
  readonly options: CoatcheckViteOptions;
  /** Where the browser finds Vite, unless the options say otherwise. */
  readonly viteUrl: URL;
  /** Where keys, sessions and sign-ins are kept. */
  readonly directory: string;
  readonly logger: Logger;
}

/** The BFF of one run of Vite, and the provider where none is configured. */
export interface Development {
  readonly publicUrl: URL;
  readonly bff: MountedBff;
  /** What a developer wants to know. */
  readonly announcement: string;
  close(): Promise<void>;
}

const providerId = 'dev';
const firstPort = 9410;

/**
 * Starts what stands between the app and its APIs.
 *
 * @throws ConfigError, the store's error, or where the provider's port is taken
 */
export async function startDevelopment(parts: DevelopmentParts): Promise<Development> {
  const { options, directory, logger, viteUrl } = parts;
  const { users = defaultUsers, providerPort, tokensFile, providers, ...given } = options;
  const publicUrl = new URL(given.publicUrl ?? viteUrl.origin);
  const secrets = keepSecrets(directory);
  const shared = {
    publicUrl: publicUrl.origin,
    // Ports share cookies, and other projects run on this host.
    cookieName: `coatcheck-${publicUrl.port || 'dev'}`,
    keys: [secrets.key],
    store: { url: `sqlite:${join(directory, 'sessions.sqlite')}` },
    ...given,
  };
  const log = viteLog(logger);
  if (providers !== undefined) {
    const bff = await mountBff({ ...shared, providers }, log);
    return { publicUrl, bff, announcement: `signs in with ${namesOf(providers)}`, close: bff.close };
  }

  if (!isLoopback(publicUrl)) throw new ConfigError([outOfReach]);
  const scopes = scopesOf(options);
  const provider = await startProvider(parts, {
    users,
    providerPort,
    tokensFile,
    secrets,
    publicUrl,
    scopes,
  });
  try {
    const bff = await mountBff(
      { ...shared, providers: [ownProvider(provider.issuer, secrets, users, scopes)] },
      log,
    );
    return {
      publicUrl,
      bff,
      announcement: `signs in as ${users.map(({ email }) => email).join(' or ')}, by the provider at ${provider.issuer}`,
      async close() {
        await bff.close();
        await provider.close();
      },
    };
  } catch (error) {
    await provider.close();
    throw error;
  }
}

const outOfReach = {
  key: 'providers',
  problem: 'is missing, and the embedded provider is for browsers on this machine alone: publicUrl is not.',
  fix: 'Name a provider, or let publicUrl follow Vite.',
};

interface ProviderNeeds {
  readonly users: readonly DevelopmentUser[];
  readonly providerPort: number | undefined;
  readonly tokensFile: string | undefined;
  readonly secrets: Secrets;
  readonly publicUrl: URL;
  readonly scopes: readonly string[];
}

async function startProvider(
  { options, directory, logger }: DevelopmentParts,
  { users, providerPort, tokensFile, secrets, publicUrl, scopes }: ProviderNeeds,
): Promise<DevelopmentProvider> {
  const paths = pathsUnder(options.basePath ?? defaultBasePath);
  const [route] = options.routes ?? [];
  const upstream = typeof route?.upstream === 'string' ? route.upstream : undefined;
  const wanted = providerPort ?? lastPort(directory) ?? firstPort;
  const provider = await startDevelopmentProvider({
    secrets,
    file: join(directory, 'provider.sqlite'),
    users,
    client: {
      clientId,
      clientSecret: secrets.clientSecret,
      redirectUri: `${publicUrl.origin}${paths.callback}/${providerId}`,
      postLogoutRedirectUri: `${publicUrl.origin}${paths.logoutCallback}`,
      apiScopes: scopes,
      audience: route?.resource ?? upstream ?? publicUrl.origin,
    },
    publicOrigin: publicUrl.origin,
    port: wanted,
    tokensFile,
    isFixed: providerPort !== undefined,
    failed: (error) => logger.error(`[coatcheck] provider: ${String(error)}`),
  });
  const { port } = new URL(provider.issuer);
  if (wanted !== 0 && Number(port) !== wanted) {
    logger.warn(
      `[coatcheck] port ${wanted} is taken: the provider is at ${provider.issuer}; tell your API, which must name it as issuer`,
    );
  }
  rememberPort(directory, port);
  return provider;
}

const clientId = 'app';

function ownProvider(
  issuer: string,
  { clientSecret }: Secrets,
  users: readonly DevelopmentUser[],
  scopes: readonly string[],
): CoatcheckOptions['providers'][number] {
  return {
    id: providerId,
    label: 'Development',
    issuer,
    clientId,
    clientSecret,
    scopes: ['openid', 'profile', 'email', ...scopes],
    userClaims: [...new Set(['sub', 'name', 'email', 'email_verified', ...extraClaims(users)])],
  };
}

/** What the routes need of an access token. */
function scopesOf({ routes = [] }: CoatcheckViteOptions): string[] {
  return [...new Set(routes.flatMap(({ scopes = [], tokenScopes = [] }) => [...scopes, ...tokenScopes]))];
}

function namesOf(providers: CoatcheckOptions['providers']): string {
  return providers.map(({ id, label = id }) => label).join(', ');
}
