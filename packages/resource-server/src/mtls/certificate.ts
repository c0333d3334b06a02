import { createHash, X509Certificate } from 'node:crypto';
import type { BlockList, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { headerValues } from '../headers.ts';

/** Where client certificates come from besides the connection itself. */
export interface CertificateHeader {
  /** In lower case. */
  readonly name: string;
  /** Who may say so: a proxy that ends TLS, and removes the header from what clients send. */
  readonly trustedProxies: BlockList;
}

/** The certificate of the client, or why there is none. */
export type ClientCertificate =
  | { readonly kind: 'certificate'; readonly thumbprint: string }
  | { readonly kind: 'absent'; readonly reason: string };

/**
 * The SHA-256 thumbprint of the certificate that the client proved to hold (RFC 8705 §3.1). Behind a trusted proxy it
 * is the one in the header, and never that of the connection, which is the proxy's own.
 */
export function clientCertificate(
  socket: Socket,
  rawHeaders: readonly string[],
  header: CertificateHeader | undefined,
): ClientCertificate {
  if (header && isTrusted(socket.remoteAddress, header.trustedProxies)) {
    const [value, ...more] = headerValues(rawHeaders, header.name);
    if (value === undefined || more.length > 0) {
      return {
        kind: 'absent',
        reason: `the proxy sent ${header.name} ${more.length + Number(value !== undefined)} times`,
      };
    }
    const der = readCertificate(value);
    return der ? found(der) : { kind: 'absent', reason: `${header.name} holds no certificate` };
  }
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate
    ? found(certificate.raw)
    : { kind: 'absent', reason: 'the client showed no certificate' };
}

function found(der: Uint8Array): ClientCertificate {
  return { kind: 'certificate', thumbprint: createHash('sha256').update(der).digest('base64url') };
}

/** Reads `Client-Cert` (RFC 9440 §2.2: DER in base64 between colons), or PEM, percent-encoded as nginx sends it. */
function readCertificate(value: string): Uint8Array | undefined {
  try {
    const binary = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1];
    const text = binary === undefined ? decodeURIComponent(value) : Buffer.from(binary, 'base64');
    return new X509Certificate(text).raw;
  } catch {
    return undefined;
  }
}

function isTrusted(address: string | undefined, proxies: BlockList): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return proxies.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}
