import type { ProviderWanted, RouteWanted, Wanted } from './adapter.ts';

/** Where one instance runs. */
export interface Place {
  readonly publicUrl: string;
  /** URL of the store. */
  readonly store: string;
  readonly port: number;
  readonly managementPort: number;
}

const rates = ['login', 'callback', 'session', 'providerLogout'];

/** The configuration file of one instance; `wanted.config` is laid over it, objects member by member. */
export function coatcheckConfig(wanted: Wanted, place: Place): Record<string, unknown> {
  const { idleTimeout, absoluteTimeout } = wanted;
  const config = {
    publicUrl: place.publicUrl,
    keys: wanted.keys,
    store: { url: place.store },
    listen: { host: 'localhost', port: place.port },
    management: { host: 'localhost', port: place.managementPort },
    session: {
      ...(idleTimeout === undefined ? {} : { idleTimeout: `${idleTimeout}s` }),
      ...(absoluteTimeout === undefined ? {} : { absoluteTimeout: `${absoluteTimeout}s` }),
    },
    providers: wanted.providers.map(providerConfig),
    routes: (wanted.routes ?? []).map(routeConfig),
    // All browsers of a run have one address, and call faster than people do; and a busy machine is no overload.
    limits: {
      ...Object.fromEntries(rates.map((name) => [name, { max: 1_000_000 }])),
      overload: { eventLoopDelay: '0s' },
    },
  };
  return overlay(config, wanted.config ?? {});
}

function providerConfig({ id, issuer, clientId, clientSecret, scopes, config }: ProviderWanted) {
  return { id, issuer, clientId, clientSecret, ...(scopes ? { scopes } : {}), ...config };
}

function routeConfig({ prefix, upstream, provider, webSockets = false, config }: RouteWanted) {
  return {
    prefix,
    upstream,
    ...(provider === undefined ? {} : { provider }),
    ...(webSockets ? { websocket: true } : {}),
    ...config,
  };
}

/** Members of the second over those of the first; one that is undefined takes it out. */
function overlay(base: object, over: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const old = result[name];
    if (value === undefined) delete result[name];
    else result[name] = isObject(old) && isObject(value) ? overlay(old, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
