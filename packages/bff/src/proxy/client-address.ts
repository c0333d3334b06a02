import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Says what to tell an upstream about the client's address. */
export type ForwardedFor = (request: IncomingMessage) => string;

/**
 * The client's address as the connection shows it; where the peer is a proxy that is trusted by name, what it said
 * comes before its own (RFC 7239 §5.2). Nobody else's `X-Forwarded-For` is believed.
 *
 * @param trusted addresses or CIDR ranges
 */
export function forwardedFor(trusted: readonly string[]): ForwardedFor {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return (request) => {
    const peer = (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
    const said = request.headers['x-forwarded-for'];
    const believed =
      said !== undefined && isIP(peer) !== 0 && proxies.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4');
    return believed ? `${String(said)}, ${peer}` : peer;
  };
}
