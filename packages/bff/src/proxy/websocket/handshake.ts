/** What is looked at of a request that asks for an upgrade. */
export interface HandshakeRequest {
  readonly method?: string | undefined;
  readonly httpVersion: string;
  /** Names and values in turn, as `node:http` reports them. */
  readonly rawHeaders: readonly string[];
}

export type Handshake =
  /** @property protocols the subprotocols offered, in the client's order */
  | { readonly kind: 'ok'; readonly protocols: readonly string[] }
  /** A version of the protocol that nobody speaks: the answer names the one that we do (RFC 6455 §4.4). */
  | { readonly kind: 'unknown_version' }
  | { readonly kind: 'malformed'; readonly detail: string };

/** The one version of the protocol (RFC 6455 §4.1). */
export const webSocketVersion = '13';

const key = /^[+/0-9A-Za-z]{22}==$/;
const protocolName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads the opening handshake of a WebSocket client (RFC 6455 §4.2.1), and takes it for one only if all of it is so. */
export function readHandshake({ method, httpVersion, rawHeaders }: HandshakeRequest): Handshake {
  if (method !== 'GET' || httpVersion !== '1.1') return malformed('not a GET of HTTP/1.1');
  const upgrade = valuesOf(rawHeaders, 'upgrade');
  if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== 'websocket') {
    return malformed('an upgrade to something else than websocket');
  }
  const options = valuesOf(rawHeaders, 'connection').flatMap((value) => value.toLowerCase().split(','));
  if (!options.some((option) => option.trim() === 'upgrade')) return malformed('no Connection: Upgrade');
  if (valuesOf(rawHeaders, 'transfer-encoding').length > 0 || hasContent(rawHeaders)) {
    return malformed('a handshake with content');
  }
  const version = valuesOf(rawHeaders, 'sec-websocket-version');
  if (version.length !== 1 || version[0] !== webSocketVersion) return { kind: 'unknown_version' };
  const keys = valuesOf(rawHeaders, 'sec-websocket-key');
  if (keys.length !== 1 || !key.test(keys[0] ?? '')) return malformed('no usable Sec-WebSocket-Key');
  return readProtocols(valuesOf(rawHeaders, 'sec-websocket-protocol'));
}

function readProtocols(values: readonly string[]): Handshake {
  const protocols = values.flatMap((value) => value.split(',')).map((name) => name.trim());
  const isSound =
    protocols.every((name) => protocolName.test(name)) && new Set(protocols).size === protocols.length;
  return isSound ? { kind: 'ok', protocols } : malformed('subprotocols that are no list of different names');
}

function hasContent(rawHeaders: readonly string[]): boolean {
  return valuesOf(rawHeaders, 'content-length').some((length) => Number(length) !== 0);
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function malformed(detail: string): Handshake {
  return { kind: 'malformed', detail };
}
