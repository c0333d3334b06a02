import { BlockList, isIP, isIPv6 } from 'node:net';
import type { CertificateHeader } from '../mtls/certificate.ts';
import { type Check, isName, isRecord, oneOf, optional, problemsOf } from './values.ts';

/** How tokens that are bound to a client certificate are checked (RFC 8705 §3). */
export interface MtlsOptions {
  /** `required` refuses tokens that are bound to no key. Default: `allowed`. */
  mode?: 'allowed' | 'required';
  /**
   * The header in which a proxy that ends TLS says whose certificate it saw: `Client-Cert` as RFC 9440 has it, or PEM
   * with percent-encoding. The proxy must remove it from what clients send. Needs `trustedProxies`.
   */
  header?: string;
  /** Addresses and networks of those proxies, such as `10.0.0.7` or `fd00::/8`; nobody else's header counts. */
  trustedProxies?: readonly string[];
}

const checks: Readonly<Record<keyof MtlsOptions, Check>> = {
  mode: oneOf('allowed', 'required'),
  header: optional((value) => !(isName(value) && /^[\w-]+$/.test(value)) && 'must be the name of a header'),
  trustedProxies: optional(
    (value) =>
      !(Array.isArray(value) && value.length > 0 && value.every(isNetwork)) &&
      'must be a list of addresses and networks, such as 10.0.0.7 or fd00::/8',
  ),
};

/** What is wrong with the option `mtls`. */
export function mtlsProblems(value: unknown): string[] {
  if (value === undefined || value === 'allowed' || value === 'required') return [];
  if (!isRecord(value)) return ['mtls must be allowed, required, or an object of options'];
  const isHalf = (value.header === undefined) !== (value.trustedProxies === undefined);
  return [
    ...problemsOf(value, checks, 'mtls.'),
    ...(isHalf ? ['mtls.header and mtls.trustedProxies need each other'] : []),
  ];
}

export function settleMtls({ header, trustedProxies = [] }: MtlsOptions): {
  readonly header: CertificateHeader | undefined;
} {
  if (header === undefined) return { header: undefined };
  const proxies = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  return { header: { name: header.toLowerCase(), trustedProxies: proxies } };
}

function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', prefix, ...more] = value.split('/');
  const longest = isIPv6(address) ? 128 : 32;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest);
  return isIP(address) !== 0 && isPrefix && more.length === 0;
}
