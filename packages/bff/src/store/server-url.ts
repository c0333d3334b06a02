import { StoreError } from './errors.ts';

export interface Address {
  readonly host: string;
  /** Undefined where the URL leaves it to the default. */
  readonly port: number | undefined;
}

/** The parts of `scheme://[user[:password]@]host[:port][,host[:port]…][/path][?name=value&…]`, percent-decoded. */
export interface ServerUrl {
  /** In lower case, with its colon. */
  readonly scheme: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Empty where the URL names no host. */
  readonly addresses: readonly Address[];
  /** Without the slash in front. */
  readonly path: string;
  /** The value of a parameter; undefined where it is absent. */
  parameter(name: string): string | undefined;
}

const shape = /^([a-z][a-z0-9+.-]*:)\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const hostAndPort = /^(\[[0-9a-f:.]+\]|[^[\]:\s]+)(?::(\d{1,5}))?$/i;

/**
 * Takes the URL of a server apart. Several hosts are allowed, which WHATWG's parser refuses.
 *
 * @param parameters the names that may stand behind the question mark
 * @throws {StoreError} `store_incompatible`; the message repeats nothing of the URL, since a password that was not
 * percent-encoded can end up in any part of it
 */
export function parseServerUrl(url: string, parameters: readonly string[]): ServerUrl {
  const [, scheme = '', login, hosts = '', path = '', query = ''] =
    shape.exec(url) ??
    refuse(
      'it has the wrong shape: write scheme://user:password@host:port/…, and percent-encode # / ? @ in passwords',
    );
  const colon = login?.indexOf(':') ?? -1;
  const username = colon === -1 ? login : login?.slice(0, colon);
  const password = colon === -1 ? undefined : login?.slice(colon + 1);
  const values = new URLSearchParams(query);
  const names = [...values.keys()];
  if (names.some((name) => !parameters.includes(name)) || new Set(names).size !== names.length) {
    refuse(`behind the question mark only these may stand, once each: ${parameters.join(', ')}`);
  }
  return {
    scheme: scheme.toLowerCase(),
    username: username ? decoded(username) : undefined,
    password: password ? decoded(password) : undefined,
    addresses: hosts === '' ? [] : hosts.split(',').map(addressIn),
    path: decoded(path),
    parameter: (name) => values.get(name) ?? undefined,
  };
}

/** A parameter that is a whole number within bounds, both included. */
export function numberIn(
  url: ServerUrl,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const value = url.parameter(name);
  if (value === undefined) return fallback;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most
    ? number
    : refuse(`"${name}" must be a whole number from ${least} to ${most}`);
}

/** Rejects a URL with what is wrong with it. */
export function refuse(problem: string): never {
  throw new StoreError('store_incompatible', `store.url: ${problem}.`);
}

function addressIn(text: string): Address {
  const [, host = '', port] = hostAndPort.exec(text) ?? refuse('a host or port in it cannot be read');
  const number = port === undefined ? undefined : Number(port);
  if (number === 0 || (number ?? 0) > 65_535) refuse('a port must be from 1 to 65535');
  return { host: decoded(host.replace(/^\[|\]$/g, '')), port: number };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('a percent sign in it starts no valid escape: write it as %25');
  }
}
