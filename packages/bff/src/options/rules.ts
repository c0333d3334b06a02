import { isIP } from 'node:net';
import { accessProblems } from './access.ts';
import { durationPattern, parseDuration } from './duration.ts';
import { homeAssertionProblems } from './home-assertion.ts';
import { list, quote, record } from './input.ts';
import { clientKeyProblems } from './keys/client-keys.ts';
import { decryptionKeyProblems } from './keys/decryption-keys.ts';
import { limitProblems } from './limits.ts';
import { isLoopback } from './loopback.ts';
import type { ConfigProblem } from './problems.ts';
import { defaultUserClaims } from './provider/person.ts';
import { providerProblems } from './provider/provider.ts';
import { sharedIssuerProblems } from './provider/shared-issuer.ts';
import { addedHeaderProblems } from './route-headers.ts';
import { upstreamProblems } from './route-upstreams.ts';
import { upstreamProtocolProblems } from './upstream-protocol.ts';
import { upstreamTlsProblems } from './upstream-tls.ts';

/** A key printed in documentation or all of one byte protects nobody. */
const knownExampleKeys = new Set(['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']);

/**
 * What a schema cannot say: rules about URLs, keys and values that contradict each other. Looks only at values of the
 * right shape, so that it can run beside the schema and every problem is told at once.
 */
export function ruleProblems(input: unknown): ConfigProblem[] {
  const options = record(input);
  return [
    ...publicUrlProblems(options.publicUrl),
    ...list(options.keys).flatMap(keyProblems),
    ...clientKeyProblems(options.clientKeys),
    ...decryptionKeyProblems(options.decryptionKeys, options.clientKeys),
    ...sessionProblems(record(options.session)),
    ...list(options.providers).flatMap((one, index) => providerProblems(one, `providers[${index}]`, options)),
    ...repeated(list(options.providers), 'id', 'providers'),
    ...sharedIssuerProblems(options.providers),
    ...routeProblems(options),
    ...list(options.trustedProxies).flatMap(trustedProxyProblems),
    ...limitProblems(record(options.limits)),
  ];
}

function publicUrlProblems(value: unknown): ConfigProblem[] {
  if (typeof value !== 'string') return [];
  const key = 'publicUrl';
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return [
      {
        key,
        problem: `is ${quote(value)}, which is no http or https URL.`,
        fix: 'Write for example https://app.example.',
      },
    ];
  }
  if (!/^[a-z0-9.[\]:-]+$/i.test(url.hostname)) {
    return [
      {
        key,
        problem: 'has a host that is no name or address.',
        fix: 'Name one host; there are no wildcards.',
      },
    ];
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return [{ key, problem: 'has more than an origin.', fix: `Write ${url.origin}.` }];
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return [
      {
        key,
        problem: 'is http on a host that is not loopback.',
        fix: 'Use https; TLS may end at a proxy in front.',
      },
    ];
  }
  return [];
}

function keyProblems(value: unknown, index: number): ConfigProblem[] {
  if (typeof value !== 'string') return [];
  const key = `keys[${index}]`;
  const fix = 'Make one with: coatcheck keys generate.';
  if (!/^[A-Za-z0-9_-]+$/.test(value) || Buffer.from(value, 'base64url').length !== 32) {
    return [{ key, problem: 'is not 32 bytes in base64url.', fix }];
  }
  const bytes = Buffer.from(value, 'base64url');
  if (knownExampleKeys.has(value) || new Set(bytes).size < 8) {
    return [{ key, problem: 'is an example or no random value.', fix }];
  }
  return [];
}

function sessionProblems(session: Record<string, unknown>): ConfigProblem[] {
  const { idleTimeout = '30m', absoluteTimeout = '12h' } = session;
  if (!isDuration(idleTimeout) || !isDuration(absoluteTimeout)) return [];
  if (parseDuration(idleTimeout) === 0) {
    return [
      {
        key: 'session.idleTimeout',
        problem: 'is zero.',
        fix: 'Write how long a session may be unused, for example 30m.',
      },
    ];
  }
  if (parseDuration(idleTimeout) > parseDuration(absoluteTimeout)) {
    return [
      {
        key: 'session.idleTimeout',
        problem: `(${idleTimeout}) is longer than session.absoluteTimeout (${absoluteTimeout}).`,
        fix: 'Make it shorter, or the absolute time longer.',
      },
    ];
  }
  return [];
}

function routeProblems(options: Record<string, unknown>): ConfigProblem[] {
  const providers = list(options.providers).map(record);
  const ids = providers.map(({ id }) => id);
  const basePath = typeof options.basePath === 'string' ? options.basePath : '/bff';
  const routes = list(options.routes).map(record);
  const own = routes.flatMap((route, index) => {
    const at = `routes[${index}]`;
    const problems: ConfigProblem[] = [];
    problems.push(...upstreamProblems(route, at));
    problems.push(...addedHeaderProblems(route, at, { userClaims: userClaimsOf(route, providers), routes }));
    if (typeof route.provider === 'string' && !ids.includes(route.provider)) {
      problems.push({
        key: `${at}.provider`,
        problem: `names ${quote(route.provider)}, which is no provider.`,
        fix: `Known: ${ids.join(', ')}.`,
      });
    }
    problems.push(...accessProblems(route, at));
    problems.push(...webSocketProblems(route, at));
    problems.push(...tokenProblems(route, at));
    problems.push(...homeAssertionProblems(route, at, options));
    if (typeof route.prefix === 'string' && overlaps(route.prefix, basePath)) {
      problems.push({
        key: `${at}.prefix`,
        problem: `overlaps with basePath ${basePath}.`,
        fix: 'Choose another.',
      });
    }
    return problems;
  });
  return [
    ...own,
    ...repeated(routes, 'prefix', 'routes'),
    ...upstreamTlsProblems(routes),
    ...upstreamProtocolProblems(routes),
  ];
}

function userClaimsOf(route: Record<string, unknown>, providers: Record<string, unknown>[]): unknown[] {
  const provider = providers.find(({ id }) => id === route.provider) ?? providers[0];
  return list(provider?.userClaims ?? defaultUserClaims);
}

/** What the access token of a route may and must be able to do. */
function tokenProblems(route: Record<string, unknown>, at: string): ConfigProblem[] {
  const may = list(route.tokenScopes);
  const lacking = may.length === 0 ? [] : list(route.scopes).filter((scope) => !may.includes(scope));
  const problems: ConfigProblem[] = [];
  if (lacking.length > 0) {
    problems.push({
      key: `${at}.tokenScopes`,
      problem: `lacks ${lacking.join(', ')}, which scopes asks for.`,
      fix: 'Every call would be refused. Add it, or take it out of scopes.',
    });
  }
  if (route.tokenExchange === true && route.resource === undefined) {
    problems.push({
      key: `${at}.tokenExchange`,
      problem: 'is true, but resource is missing.',
      fix: 'Name the resource that the new token is for.',
    });
  }
  return problems;
}

function webSocketProblems(route: Record<string, unknown>, at: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (route.websocket === true && Array.isArray(route.methods) && !route.methods.includes('GET')) {
    problems.push({
      key: `${at}.methods`,
      problem: 'lacks GET, which a WebSocket starts with.',
      fix: 'Add GET, or remove websocket.',
    });
  }
  const idle = ['websocketMessageLimit', 'websocketsPerSession', 'websocketTokenMessage'];
  for (const name of route.websocket === true ? [] : idle) {
    if (route[name] === undefined) continue;
    problems.push({
      key: `${at}.${name}`,
      problem: 'has no effect: the route lets no WebSockets through.',
      fix: 'Set websocket: true, or remove it.',
    });
  }
  const message = route.websocketTokenMessage;
  if (typeof message === 'string' && !message.includes('{token}')) {
    problems.push({
      key: `${at}.websocketTokenMessage`,
      problem: 'has no {token} in it.',
      fix: 'Write it where the access token goes.',
    });
  }
  return problems;
}

function trustedProxyProblems(value: unknown, index: number): ConfigProblem[] {
  if (typeof value !== 'string') return [];
  const [address = '', bits] = value.split('/');
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  if (
    family !== 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= longest))
  )
    return [];
  return [
    {
      key: `trustedProxies[${index}]`,
      problem: `is ${quote(value)}, which is no address or CIDR range.`,
      fix: 'Name the proxies in front exactly; a range of everything is refused.',
    },
  ];
}

function repeated(entries: unknown[], field: string, at: string): ConfigProblem[] {
  const seen = new Set<unknown>();
  return entries.flatMap((entry, index) => {
    const value = record(entry)[field];
    if (value === undefined || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [
      {
        key: `${at}[${index}].${field}`,
        problem: `repeats ${quote(String(value))}.`,
        fix: 'Each must be its own.',
      },
    ];
  });
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function isDuration(value: unknown): value is string {
  return typeof value === 'string' && new RegExp(durationPattern).test(value);
}
