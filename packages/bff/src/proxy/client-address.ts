import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Says what to tell an upstream about the client's address: the client's first, then the proxies' between. */
export type ForwardedFor = (request: IncomingMessage) => string;

/**
 * The way that a request came, for `X-Forwarded-For`: the client's address and those of the proxies that are trusted
 * by name (RFC 7239 §5.2, §8.1). What stands before the client's address, the client wrote itself: it is cut off.
 *
 * @param trusted addresses or CIDR ranges
 */
export function forwardedFor(trusted: readonly string[]): ForwardedFor {
  const isTrusted = trustIn(trusted);
  const peers = new Map<string, string>();
  return (request) => {
    const address = request.socket.remoteAddress ?? '';
    if (request.headers['x-forwarded-for'] !== undefined) return wayOf(request, isTrusted).join(', ');
    const known = peers.get(address);
    if (known !== undefined) return known;
    const peer = peerIn(address);
    // Many calls come over one connection, and many connections from one proxy.
    if (peers.size >= mostPeers) peers.clear();
    peers.set(address, peer);
    return peer;
  };
}

const mostPeers = 10_000;

/**
 * Says who the client is: going back from the connection, the first address that is no trusted proxy's. Where a trusted
 * proxy said something that is no address, its own is all that is known.
 *
 * @param trusted addresses or CIDR ranges
 */
export function clientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = trustIn(trusted);
  return (request) => wayOf(request, isTrusted)[0] ?? 'unknown';
}

/** Each entry of `X-Forwarded-For` was written by the hop after it, so it is read from the end while that is trusted. */
function wayOf(request: IncomingMessage, isTrusted: (address: string) => boolean): string[] {
  const peer = peerIn(request.socket.remoteAddress ?? '');
  const said = request.headers['x-forwarded-for'];
  const way = [peer];
  if (said === undefined || !isTrusted(peer)) return way;
  for (const entry of String(said).split(',').reverse()) {
    const address = addressIn(entry);
    if (address === undefined) break;
    way.unshift(address);
    if (!isTrusted(address)) break;
  }
  return way;
}

function peerIn(address: string): string {
  return addressIn(address) ?? 'unknown';
}

/** An address, which some proxies write with a port, and IPv6 in brackets; sockets show IPv4 peers as IPv6. */
function addressIn(text: string): string | undefined {
  const bare = text.trim();
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(bare) ?? [];
  const address = (bracketed ?? dotted ?? bare).replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

function trustIn(trusted: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    // The zone of a link-local address is no part of it that a list could name.
    return family !== 0 && proxies.check(address.replace(/%.*/, ''), family === 6 ? 'ipv6' : 'ipv4');
  };
}
